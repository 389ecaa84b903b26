//go:build tools

// Package tools keeps the Pulumi command in this module's graph, so that go.sum covers all of it.
package tools

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
