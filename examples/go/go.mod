module notes-go

go 1.25

require (
	example.com/pulumi-singletable/sdk/go v0.0.0
	github.com/pulumi/pulumi/sdk/v3 v3.256.0
)

// The SDK that `pulumi install` generates.
replace example.com/pulumi-singletable/sdk/go => ./sdks/singletable
