//go:build tools

// Package tools keeps in this module's graph what is built from it, so that go.sum covers all of it:
// the Pulumi command, and what Go programs import.
package tools

import (
	_ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
	_ "github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	_ "github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)
