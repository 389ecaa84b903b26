//go:build tools

// Package tools keeps Pulumi's YAML host in this module's graph, so that go.sum covers all of it.
package tools

import _ "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"
