"""Reports as mail servers write them."""

REPORT = """\
Return-Path: <>
From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
{header}: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind};
\tboundary="4CQ2Lw.1767225600/mx.example.org"

This is a MIME-encapsulated message.

--4CQ2Lw.1767225600/mx.example.org
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

<gus@example.net>: host mx.example.net[192.0.2.25] said: 550 5.1.1 No such user

--4CQ2Lw.1767225600/mx.example.org
Content-Description: Delivery report
Content-Type: message/{kind}

Reporting-MTA: dns; mx.example.org
X-Postfix-Queue-ID: 4CQ2Lw
Arrival-Date: Mon,  2 Mar 2026 08:00:00 +0100 (CET)

Final-Recipient: rfc822; gus@example.net
Original-Recipient: rfc822;gus@example.net
Action: {action}
Status: {status}
Remote-MTA: dns; mx.example.net
Diagnostic-Code: smtp; 550 5.1.1 No such user

--4CQ2Lw.1767225600/mx.example.org
Content-Type: message/rfc822

Subject: Confirmed
Status: 5.9.9
Action: failed

Hello
--4CQ2Lw.1767225600/mx.example.org--
"""
"""A delivery report in the layout of Postfix, with what differs in braces."""


def report(
    to: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    kind: str = "delivery-status",
    header: str = "To",
) -> bytes:
    """Return a delivery report about a mail to gus@example.net."""
    return REPORT.format(to=to, action=action, status=status, kind=kind, header=header).encode()
