// Release a branch of an Amplify app that exists, and wait until it is live.
import * as pulumi from "@pulumi/pulumi";
import * as amplifyjob from "@pulumi/amplify-job";

const config = new pulumi.Config();

const release = new amplifyjob.Job("site", {
    appId: config.require("appId"),
    branchName: config.get("branchName") || "main",
    commitId: config.get("commitId") || undefined,
}, { customTimeouts: { create: "45m", update: "45m" } });

export const job = release.jobId;
export const status = release.status;
export const url = release.url;
export const console = release.consoleUrl;
