// Release a branch of an Amplify app that exists, and wait until it is live.
package main

import (
	"example.com/pulumi-amplify-job/sdk/go/amplifyjob"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		settings := config.New(ctx, "")
		args := &amplifyjob.JobArgs{
			AppId:      pulumi.String(settings.Require("appId")),
			BranchName: pulumi.String("main"),
		}
		if branch := settings.Get("branchName"); branch != "" {
			args.BranchName = pulumi.String(branch)
		}
		if commit := settings.Get("commitId"); commit != "" {
			args.CommitId = pulumi.String(commit)
		}
		release, err := amplifyjob.NewJob(ctx, "site", args,
			pulumi.Timeouts(&pulumi.CustomTimeouts{Create: "45m", Update: "45m"}))
		if err != nil {
			return err
		}
		ctx.Export("job", release.JobId)
		ctx.Export("status", release.Status)
		ctx.Export("url", release.Url)
		ctx.Export("console", release.ConsoleUrl)
		return nil
	})
}
