#!/bin/sh
# Releases a branch and waits for the end of its build, as scripts do: release.sh APP BRANCH SECONDS
set -eu

job=$(aws amplify start-job --app-id "$1" --branch-name "$2" --job-type RELEASE \
    --query jobSummary.jobId --output text)
while :; do
    status=$(aws amplify get-job --app-id "$1" --branch-name "$2" --job-id "$job" \
        --query job.summary.status --output text)
    case $status in
    SUCCEED) exit 0 ;;
    FAILED | CANCELLED) exit 1 ;;
    esac
    sleep "$3"
done
