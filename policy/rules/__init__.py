"""Every rule of the pack, in the order in which they are documented. Importing this starts nothing."""

from typing import Final

from pulumi_policy import Policy

from policy.rules.access import key_policy, queue_policy, role_trust, table_policy, topic_policy
from policy.rules.alarms import alarm_actions_enabled, alarm_can_fire, alarm_tells_somebody, composite_alarm_children
from policy.rules.capacity import table_provisioned_capacity, table_scaling
from policy.rules.functions import (
    function_concurrency,
    function_credentials,
    function_dead_letters,
    function_permission,
    function_runtime,
    function_tracing,
    function_url_authorization,
    function_url_origins,
    function_variables_encryption,
)
from policy.rules.keys import key_rotation
from policy.rules.labels import required_tags
from policy.rules.logs import function_log_group, log_encryption, log_retention
from policy.rules.messages import alarm_topic_key, kinesis_encryption, queue_encryption, topic_encryption
from policy.rules.permissions import role_actions
from policy.rules.streams import (
    stream_bounded_retries,
    stream_event_counts,
    stream_failure_alarm,
    stream_failure_destination,
    stream_readers,
)
from policy.rules.tables import (
    disposable_outside_production,
    replica_protection,
    table_deletion_protection,
    table_encryption,
    table_expiry_enabled,
    table_point_in_time_recovery,
    table_protect,
)
from policy.rules.throttling import table_throttle_alarms

POLICIES: Final[tuple[Policy, ...]] = (
    table_deletion_protection,
    table_point_in_time_recovery,
    table_protect,
    table_encryption,
    replica_protection,
    table_policy,
    table_provisioned_capacity,
    table_scaling,
    table_expiry_enabled,
    disposable_outside_production,
    stream_failure_destination,
    stream_failure_alarm,
    stream_bounded_retries,
    stream_event_counts,
    stream_readers,
    table_throttle_alarms,
    alarm_can_fire,
    alarm_actions_enabled,
    alarm_tells_somebody,
    alarm_topic_key,
    composite_alarm_children,
    function_url_authorization,
    function_url_origins,
    function_permission,
    function_runtime,
    function_log_group,
    function_tracing,
    function_concurrency,
    function_dead_letters,
    function_variables_encryption,
    function_credentials,
    role_trust,
    role_actions,
    log_retention,
    log_encryption,
    queue_encryption,
    queue_policy,
    topic_encryption,
    topic_policy,
    kinesis_encryption,
    key_policy,
    key_rotation,
    required_tags,
)

__all__ = ["POLICIES"]
