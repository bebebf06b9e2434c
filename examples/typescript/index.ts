// Notes: one table, a function that reads it, and what watches them.
import { readFileSync } from "node:fs";

import * as pulumi from "@pulumi/pulumi";
import * as singletable from "@pulumi/singletable";

const oncall = new pulumi.Config().get("oncall");

const notes = new singletable.WebAppTable("notes", {
  definition: JSON.parse(readFileSync("../notes.table.json", "utf8")),
  handlers: {
    api: {
      handler: "index.handler",
      runtime: "nodejs22.x",
      code: new pulumi.asset.FileArchive("../handler"),
      patterns: ["notes_of"],
      url: singletable.UrlAuthorization.AwsIam,
      reservedConcurrency: 10,
      logs: { level: singletable.LogLevel.Info },
    },
  },
  table: { recoveryDays: 7, billing: { mode: singletable.BillingMode.OnDemand, maxRead: 1000 } },
  monitoring: {
    emails: { page: oncall ? [oncall] : [] },
    maintenance: { windows: [{ schedule: "cron(0 2 * * SUN)", duration: "PT1H", reason: "weekly clean-up" }] },
  },
  transform: { api: { function: { ephemeralStorage: { size: 1024 } } } },
});

export const tableName = notes.tableName;
export const apiUrl = notes.urls.apply((urls) => urls["api"]);
export const dashboardUrl = notes.dashboardUrl;
