"""Gridhall: a Slack-compatible Enterprise organization that runs on your own machine."""

__version__ = "0.1.0"
