"""Credentials and permissions: what is missing, and for what."""

from __future__ import annotations

from cluster_doctor.domain.ci import CiFailureClass
from cluster_doctor.inference.ci.sign import signs

CREDENTIALS = (
    *signs(
        CiFailureClass.CREDENTIALS,
        "the job's token may not do this",
        "Give the job the permission under `permissions:`; a run for a fork's pull request gets read access only.",
        r"(?P<thing>Resource not accessible by (?:integration|personal access token))",
        r"(?P<thing>refusing to allow .* to create or update workflow \S+ without `workflows?` (?:permission|scope))",
        r"(?P<thing>Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable|id-token: write)",
    ),
    *signs(
        CiFailureClass.CREDENTIALS,
        "input or secret {thing} is not set",
        "Set {thing}: a secret is empty in runs for forks, and where its name is spelt otherwise.",
        r"Input required and not supplied: (?P<thing>\S+)",
        r"(?P<thing>Username and password) required",
        r"(?P<thing>[A-Z][A-Z0-9_]*(?:TOKEN|SECRET|KEY|PASSWORD)) (?:is )?(?:not set|missing|required|undefined|empty)",
    ),
    *signs(
        CiFailureClass.CREDENTIALS,
        "Git is refused access to {thing}",
        "Check the deploy key or token, and that it may write there.",
        r"remote: Permission to (?P<thing>\S+) denied",
        r"fatal: (?:could not read Username for|Authentication failed for) '(?P<thing>[^']+)'",
        r"(?P<thing>\S+@\S+): Permission denied \(publickey",
        r"remote: (?P<thing>Repository not found)",
        r"remote: error: (?P<thing>GH0\d\d: .*)",
    ),
    *signs(
        CiFailureClass.CREDENTIALS,
        "the cloud refuses the job: {thing}",
        "Check the role that the job assumes: its trust policy (repository, branch, environment) and what it may do.",
        r"(?P<thing>Not authorized to perform sts:\w+)",
        r"(?P<thing>Credentials could not be loaded.*|Unable to locate credentials.*)",
        r"is not authorized to perform: (?P<thing>[\w:*-]+(?: on resource: \S+)?)",
        r"An error occurred \((?P<thing>AccessDenied\w*|ExpiredToken\w*|InvalidClientTokenId|UnrecognizedClient\w*)\)",
        r"(?P<thing>AADSTS\d+)",
        r"(?P<thing>PERMISSION_DENIED|Permission '[^']+' denied).*",
    ),
    *signs(
        CiFailureClass.CREDENTIALS,
        "the credentials are not accepted: {thing}",
        "Renew the token, and see that the secret that holds it is the one that this job reads.",
        r"(?P<thing>Bad credentials)",
        r"^npm (?:ERR!|error) code (?P<thing>E401|E403|ENEEDAUTH)",
        r"(?P<thing>(?:HTTPError|HttpError|HTTP error|status code)\D{0,12}(?:401|403)\b.*)",
        r"(?P<thing>Invalid or non-existent authentication information)",
    ),
)
