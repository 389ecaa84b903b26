//go:build tools

// Package tools keeps actionlint in this module's graph, so that go.sum covers all of it.
package tools

import _ "github.com/rhysd/actionlint/cmd/actionlint"
