"""What an auditor takes away: the audit trail and assessments as files."""
