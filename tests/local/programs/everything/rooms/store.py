"""A component, so that URNs have a chain of parents."""

import pulumi
import pulumi_aws as aws


class Store(pulumi.ComponentResource):
    def __init__(self, name, *, capacity, opts=None):
        super().__init__("sample:index:Store", name, {}, opts)
        self.table = aws.dynamodb.Table(
            f"{name}-table",
            billing_mode="PROVISIONED",
            read_capacity=capacity,
            write_capacity=capacity,
            hash_key="PK",
            range_key="SK",
            attributes=[{"name": name, "type": "S"} for name in ("PK", "SK", "GSI1PK", "GSI1SK")],
            global_secondary_indexes=[
                {
                    "name": "GSI1",
                    "projection_type": "ALL",
                    "key_schemas": [{"attribute_name": "GSI1PK", "key_type": "HASH"}, {"attribute_name": "GSI1SK", "key_type": "RANGE"}],
                    "read_capacity": capacity,
                    "write_capacity": capacity,
                }
            ],
            stream_enabled=True,
            stream_view_type="NEW_AND_OLD_IMAGES",
            point_in_time_recovery={"enabled": True, "recovery_period_in_days": 20},
            ttl={"enabled": True, "attribute_name": "expires_at"},
            server_side_encryption={"enabled": True},
            tags={"stage": "test"},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"tableName": self.table.name})
