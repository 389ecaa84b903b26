"""Run the plugin: Pulumi's Python host gives the engine's address as the only argument."""

import sys

from amplify_job_resource._native.main import main

sys.exit(main())
