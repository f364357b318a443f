"""The audit trail's lists: the event log by agent, action, resource and sensitivity, with exact totals."""
