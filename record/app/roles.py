"""Who may do what in the app: what is not named here is denied."""

from enum import StrEnum


class Permission(StrEnum):
    """One kind of action."""

    FRAME = "frame"  # the frame around every page: header, language
    SEE = "see"  # queue, consignments with masked persons, clusters, operators, network, plan, overview
    DECIDE = "decide"  # decide, claim, take back one's own decision
    CASES = "cases"  # open and work on cases
    UNMASK = "unmask"  # see a person's data in clear, for a stated purpose
    ASSIGN = "assign"  # give work to others, take back others' decisions, reopen cases
    QUERY = "query"  # Cypher of one's own
    EXPORT = "export"  # take tables and pictures out
    WARN = "warn"  # approve, issue and recall risk warnings
    MEASURE = "measure"  # see how well it all works
    AUDIT = "audit"  # read who did what
    ACCOUNTS = "accounts"  # make accounts and change their roles


# What the token of a program may be given for; what is not named here is denied to all of them.
SCOPES = ("alerts:read", "findings:read", "plan:read", "warnings:read", "outcomes:write", "scans:write", "watchlists:write")
_LOOK = frozenset({Permission.FRAME, Permission.SEE})
_OFFICER = _LOOK | {Permission.DECIDE, Permission.CASES, Permission.UNMASK, Permission.QUERY, Permission.EXPORT}
ROLES: dict[str, frozenset[Permission]] = {
    "viewer": _LOOK,
    "officer": _OFFICER,
    "supervisor": _OFFICER | {Permission.ASSIGN, Permission.WARN, Permission.MEASURE},
    "analyst": _LOOK | {Permission.QUERY, Permission.EXPORT, Permission.MEASURE},
    "auditor": _LOOK | {Permission.AUDIT},
    # Whoever makes accounts sees no consignments: nobody gives himself access to a case unseen.
    "admin": frozenset({Permission.FRAME, Permission.ACCOUNTS, Permission.AUDIT}),
}
