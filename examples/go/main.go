// Notes: one table, a function that reads it, and what watches them.
package main

import (
	"encoding/json"
	"os"

	"example.com/pulumi-singletable/sdk/go/singletable"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		definition, err := read("../notes.table.json")
		if err != nil {
			return err
		}
		url, level := singletable.UrlAuthorizationAwsIam, singletable.LogLevelInfo
		recoveryDays, maxRead, concurrency := 7, 1000, 10
		reason := "weekly clean-up"
		notes, err := singletable.NewWebAppTable(ctx, "notes", &singletable.WebAppTableArgs{
			Definition: definition,
			Handlers: singletable.HandlerMap{
				"api": singletable.HandlerArgs{
					Handler:  "index.handler",
					Runtime:  "nodejs22.x",
					Code:     pulumi.NewFileArchive("../handler"),
					Patterns: []string{"notes_of"},
					Url:      &url,

					ReservedConcurrency: &concurrency,
					Logs:                &singletable.LogsArgs{Level: &level},
				},
			},
			Table: &singletable.TableOptionsArgs{
				RecoveryDays: &recoveryDays,
				Billing:      &singletable.BillingArgs{Mode: singletable.BillingModeOnDemand, MaxRead: &maxRead},
			},
			Monitoring: &singletable.MonitoringOptionsArgs{
				Maintenance: &singletable.MaintenanceArgs{
					Windows: singletable.MuteWindowArray{
						singletable.MuteWindowArgs{Schedule: "cron(0 2 * * SUN)", Duration: "PT1H", Reason: &reason},
					},
				},
			},
			Transform: map[string]map[string]map[string]interface{}{
				"api": {"function": {"ephemeralStorage": map[string]interface{}{"size": 1024}}},
			},
		})
		if err != nil {
			return err
		}
		ctx.Export("tableName", notes.TableName)
		ctx.Export("apiUrl", notes.Urls.MapIndex(pulumi.String("api")))
		ctx.Export("dashboardUrl", notes.DashboardUrl)
		return nil
	})
}

func read(name string) (map[string]interface{}, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var definition map[string]interface{}
	return definition, json.Unmarshal(text, &definition)
}
