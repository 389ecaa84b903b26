// Command generate-sdk writes the SDK of a Pulumi schema: what `pulumi package gen-sdk` does with
// the language hosts of an installed Pulumi, for a machine that has none of them.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	golang "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

const usage = "usage: pulumi-generate-sdk SCHEMA.json python|nodejs|go FOLDER"

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
	if err := generate(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-generate-sdk:", err)
		os.Exit(1)
	}
}

// generate writes the SDK's files into a folder, which is made when it is missing.
func generate(schemaFile, language, folder string) error {
	pkg, err := read(schemaFile)
	if err != nil {
		return err
	}
	files, err := sdk(pkg, language)
	if err != nil {
		return fmt.Errorf("the SDK for %s: %w", language, err)
	}
	for name, content := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// read binds a schema, with all the checks that Pulumi has for one; warnings go to stderr.
func read(file string) (*schema.Package, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	pkg, diagnostics, err := schema.BindSpec(spec, schema.NewNullLoader(), schema.ValidationOptions{})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if diagnostics.HasErrors() {
		return nil, fmt.Errorf("%s: %w", file, diagnostics)
	}
	for _, warning := range diagnostics {
		fmt.Fprintln(os.Stderr, warning.Error())
	}
	return pkg, nil
}

// sdk gives the content of each file of an SDK, by its name in the SDK's folder.
func sdk(pkg *schema.Package, language string) (map[string][]byte, error) {
	const tool = "pulumi-generate-sdk"
	switch language {
	case "python":
		return python.GeneratePackage(tool, pkg, nil, nil)
	case "nodejs":
		return nodejs.GeneratePackage(tool, pkg, nil, nil, false, nil)
	case "go":
		return golang.GeneratePackage(tool, pkg, nil)
	}
	return nil, fmt.Errorf("not one of python, nodejs, go")
}
