"""Whom jobs and pictures belong to."""

LOCAL_OWNER_ID = 1
