"""The HTTP API: `latentmapper serve`. Its modules need the extra `server`; nothing else imports them.

Two processes: one that answers requests and keeps accepted jobs in a folder (the spool), and one, the
worker, that reconstructs them one after another. They share nothing but that folder and two pipes, so
that either may be killed at any moment and no accepted job is lost or done twice.
"""
