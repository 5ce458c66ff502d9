"""The signs by which programs name a trouble: words of machines, codes of protocols, and texts of libraries.

Most programs do not phrase an error, they pass one on: an errno of the kernel by symbol, number or text, the class
of an exception, an SQLSTATE, the number of a database's own, a status of gRPC or Kafka. Those are listed first, and
read by what they are. Only what has no code stands here as a phrase.

References:
    https://man7.org/linux/man-pages/man3/errno.3.html
    https://www.postgresql.org/docs/current/errcodes-appendix.html
    https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
    https://grpc.github.io/grpc/core/md_doc_statuscodes.html
    https://kafka.apache.org/protocol#protocol_error_codes
    https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors
"""

from __future__ import annotations

import re

from cluster_doctor.snapshot.log_lines.trouble import Trouble

T = Trouble  # a letter keeps the tables below readable

ERRNO = {
    "ENOENT": (T.NO_FILE, 2, "no such file or directory"),
    "ENOMEM": (T.MEMORY, 12, "cannot allocate memory"),
    "EPERM": (T.PERMISSION, 1, "operation not permitted"),
    "EACCES": (T.PERMISSION, 13, "permission denied"),
    "ENFILE": (T.OPEN_FILES, 23, "too many open files in system"),
    "EMFILE": (T.OPEN_FILES, 24, "too many open files"),
    "ENOSPC": (T.DISK_FULL, 28, "no space left on device"),
    "EROFS": (T.READ_ONLY_FILES, 30, "read-only file system"),
    "EADDRINUSE": (T.PORT_TAKEN, 98, "address already in use"),
    "ENETUNREACH": (T.BROKEN, 101, "network is unreachable"),
    "ECONNRESET": (T.BROKEN, 104, "connection reset by peer"),
    "ETIMEDOUT": (T.TIMEOUT, 110, "connection timed out"),
    "ECONNREFUSED": (T.REFUSED, 111, "connection refused"),
    "EHOSTUNREACH": (T.BROKEN, 113, "no route to host"),
    "EDQUOT": (T.DISK_FULL, 122, "disk quota exceeded"),
}
"""Errors of the Linux kernel: what each means here, its number, and its text in glibc, musl and Go."""

_CLASSES = {
    T.CREDENTIALS: "AuthenticationFailed AuthenticationFailureException WRONGPASS NOAUTH ACCESS_REFUSED "
    "InvalidPassword InvalidAuthorizationSpecification SaslAuthenticationException SaslAuthenticationFailed "
    "SASL_AUTHENTICATION_FAILED AuthenticationError PossibleAuthenticationFailure "
    "SQLInvalidAuthorizationSpecException MongoSecurityException",
    T.CONNECTIONS: "ER_CON_COUNT_ERROR TooManyConnections MySQLTooManyConnectionsException",
    T.READ_ONLY: "READONLY ReadOnlySqlTransaction ER_OPTION_PREVENTS_STATEMENT NotWritablePrimary "
    "NotPrimaryNoSecondaryOk NotMasterNoSlaveOk",
    T.SCHEMA: "UndefinedTable UndefinedColumn UndefinedTableError ER_NO_SUCH_TABLE ER_BAD_DB_ERROR InvalidCatalogName "
    "SchemaManagementException index_not_found_exception NoSuchTableError ER_BAD_FIELD_ERROR SQLITE_NO_SUCH_TABLE",
    T.LOCKED: "DeadlockDetected LockNotAvailable DeadlockLoserDataAccessException CannotAcquireLockException "
    "LockTimeout LockAcquisitionException ER_LOCK_DEADLOCK ER_LOCK_WAIT_TIMEOUT SQLITE_BUSY PessimisticLockException",
    T.LEADER: "LEADER_NOT_AVAILABLE NOT_LEADER_OR_FOLLOWER NOT_LEADER_FOR_PARTITION LeaderNotAvailableException "
    "NotLeaderOrFollowerException COORDINATOR_NOT_AVAILABLE NOT_ENOUGH_REPLICAS NotEnoughReplicasException "
    "BROKER_NOT_AVAILABLE NoBrokersAvailable KafkaJSNumberOfRetriesExceeded NO_MASTER CLUSTERDOWN MASTERDOWN "
    "master_not_discovered_exception cluster_manager_not_discovered_exception UNKNOWN_TOPIC_OR_PARTITION "
    "UnknownTopicOrPartitionException _ALL_BROKERS_DOWN",
    T.PROTOCOL: "WRONG_VERSION_NUMBER wrong_version_number NotSslRecordException HPE_INVALID_CONSTANT "
    "InvalidContentType BadStatusLine PACKET_LENGTH_TOO_LONG HTTP_REQUEST RemoteProtocolError",
    T.CERTIFICATE: "CertificateExpiredException CertificateNotYetValidException SSLPeerUnverifiedException "
    "CERT_HAS_EXPIRED CERTIFICATE_VERIFY_FAILED UNABLE_TO_VERIFY_LEAF_SIGNATURE DEPTH_ZERO_SELF_SIGNED_CERT "
    "SELF_SIGNED_CERT_IN_CHAIN UNABLE_TO_GET_ISSUER_CERT UNABLE_TO_GET_ISSUER_CERT_LOCALLY "
    "ERR_TLS_CERT_ALTNAME_INVALID SSLCertVerificationError UnknownIssuer RemoteCertificateNameMismatch UntrustedRoot "
    "RemoteCertificateChainErrors PartialChain NotValidForName SSLV3_ALERT_BAD_CERTIFICATE "
    "TLSV13_ALERT_CERTIFICATE_REQUIRED TLSV1_ALERT_UNKNOWN_CA SunCertPathBuilderException CertPathValidatorException",
    T.PORT_TAKEN: "BindException AddrInUse PortInUseException AddressAlreadyInUse",
    T.DISK_FULL: "StorageFull DiskFull cluster_block_exception NoSpaceLeft",
    T.READ_ONLY_FILES: "ReadOnlyFilesystem ReadOnlyFileSystemException",
    T.MEMORY: "OutOfMemoryError OutOfMemoryException MemoryError ERR_WORKER_OUT_OF_MEMORY OutOfMemory",
    T.RATE: "TooManyRequestsException ThrottlingException RateLimitExceeded RateLimitError RateLimitExceededException "
    "TooManyRequests es_rejected_execution_exception",
    T.RESOLVER: "EAI_AGAIN SERVFAIL",
    T.UNKNOWN_HOST: "ENOTFOUND EAI_NONAME EAI_NODATA UnknownHostException UnknownHostError NXDOMAIN "
    "NameResolutionError HostNotFound UnresolvedAddressException ENODATA",
    T.REFUSED: "ConnectionRefusedError ConnectionRefused",
    T.TIMEOUT: "ConnectTimeoutException SocketTimeoutException ConnectTimeoutError ConnectTimeout ConnectionTimedOut "
    "UND_ERR_CONNECT_TIMEOUT HttpConnectTimeoutException MongoNetworkTimeoutError "
    "ConnectionTimeoutError ESOCKETTIMEDOUT ServerSelectionTimeoutError MongoTimeoutException TimedOut",
    T.NO_FILE: "FileNotFoundError FileNotFoundException NoSuchFileException DirectoryNotFoundException ENOTDIR",
    T.PERMISSION: "PermissionError UnauthorizedAccessException PermissionDenied AccessDeniedException",
    T.BROKEN: "UnableToConnect NoRouteToHostException PortUnreachableException CommunicationsException "
    "MongoNetworkError MongoServerSelectionError HostUnreachable NetworkUnreachable ConnectionReset "
    "BrokerUnreachableException CONNECTION_FAILURE NewConnectionError NoNodeAvailableException ConnectionDoesNotExist",
}
"""Names of exceptions, variants and statuses, each one word, as languages and databases write them."""

WORDS = {
    **{symbol: trouble for symbol, (trouble, _, _) in ERRNO.items()},
    **{name: trouble for trouble, names in _CLASSES.items() for name in names.split()},
}
"""What a whole word says."""

OS_NUMBERS = {number: trouble for trouble, number, _ in ERRNO.values()}

SQLSTATES = {
    "28000": T.CREDENTIALS, "28P01": T.CREDENTIALS, "08004": T.CONNECTIONS, "53300": T.CONNECTIONS,
    "25006": T.READ_ONLY, "42P01": T.SCHEMA, "42703": T.SCHEMA, "3F000": T.SCHEMA, "3D000": T.SCHEMA,
    "42S02": T.SCHEMA, "42S22": T.SCHEMA, "40P01": T.LOCKED, "55P03": T.LOCKED, "40001": T.LOCKED,
    "53100": T.DISK_FULL, "53200": T.MEMORY, "08001": T.BROKEN, "08006": T.BROKEN, "08S01": T.BROKEN,
    "08003": T.BROKEN, "57P01": T.BROKEN, "57P03": T.BROKEN,
}  # fmt: skip
"""What a class of the SQL standard, or a condition that a server adds to it, says."""

MYSQL = {
    1040: T.CONNECTIONS, 1203: T.CONNECTIONS, 1226: T.CONNECTIONS, 1044: T.CREDENTIALS, 1045: T.CREDENTIALS,
    1698: T.CREDENTIALS, 1130: T.CREDENTIALS, 1049: T.SCHEMA, 1146: T.SCHEMA, 1054: T.SCHEMA, 1205: T.LOCKED,
    1213: T.LOCKED, 1290: T.READ_ONLY, 1792: T.READ_ONLY, 1836: T.READ_ONLY, 1021: T.DISK_FULL, 1114: T.DISK_FULL,
    2002: T.BROKEN, 2003: T.BROKEN, 2005: T.UNKNOWN_HOST, 2006: T.BROKEN, 2013: T.BROKEN, 2026: T.CERTIFICATE,
}  # fmt: skip
"""Numbers of MySQL's and MariaDB's servers (1xxx) and clients (2xxx)."""

GRPC = {
    "unavailable": T.BROKEN, "deadlineexceeded": T.TIMEOUT, "unauthenticated": T.CREDENTIALS,
    "resourceexhausted": T.RATE,
}  # fmt: skip

_TEXTS = {
    T.CREDENTIALS: (
        "access denied for user", "password authentication failed", "authentication failed for user",
        "invalid username-password pair", "login failed for user", "no pg_hba.conf entry", "login was refused",
        "sasl authentication failed", "sasl authentication error", "authentication failed.", "auth failed",
        "failed authentication due to", "invalid username or password", "bad credentials",
    ),
    T.CONNECTIONS: (
        "too many connections", "too many clients already", "connection slots are reserved",
        "max number of clients reached", "has more than 'max_user_connections'", "exceeded the 'max_user_connections'",
        "timeout waiting for idle object",
    ),
    T.READ_ONLY: (
        "--read-only option", "--super-read-only option", "in a read-only transaction", "readonly you can't write",
        "database is read-only", "database is in read-only", "database is readonly", "read only transaction",
        "read-only mode", "read only mode", "read only user", "read only replica", "a readonly database",
        "in read only mode", "is read only",
    ),
    T.SCHEMA: ("no such table", "unknown database", "unknown column", "no such column", "missing table ["),
    T.LOCKED: (
        "lock wait timeout exceeded", "deadlock detected", "deadlock found when trying to get lock",
        "canceling statement due to lock timeout", "could not obtain lock on", "database is locked", "ora-00054",
        "ora-00060",
    ),
    T.LEADER: (
        "timed out waiting for a node assignment", "no leader for", "has no leader", "no elected leader",
        "not present in metadata after", "no master node", "no brokers available", "brokers are down",
    ),
    T.OPEN_FILES: ("no file descriptors available", "too many open files"),
    T.PROTOCOL: (
        "first record does not look like a tls handshake", "server gave http response to https client",
        "client sent an http request to an https server", "plain http request to https port", "wrong version number",
        "unsupported or unrecognized ssl message", "not an ssl/tls record", "packet length too long",
        "bogus greeting from client", "error reading server preface: http2: frame too large",
        "malformed http response", "expected http/", "upstream sent invalid header", "upstream sent no valid http",
        "client preface string missing or corrupt", "first received frame was not settings",
        "cannot determine the frame size", "invalid http version", "sent invalid http", "http/0.9 when not allowed",
    ),
    T.CERTIFICATE: (
        "x509: ", "certificate has expired", "certificate expired", "certificate is not yet valid",
        "self-signed certificate", "self signed certificate", "unable to get local issuer certificate",
        "unable to verify the first certificate", "certificate verify failed", "pkix path building failed",
        "remote certificate is invalid", "invalid peer certificate", "tls: bad certificate",
        "tls: unknown certificate", "certificate required", "certificate_unknown", "bad_certificate",
        "no subject alternative", "certificate is not valid for", "not match certificate's altnames",
        "doesn't match the hostname", "certificate is not trusted", "ssl_do_handshake() failed",
    ),
    T.PORT_TAKEN: (
        "address already in use", "address in use", "only one usage of each socket", "connection in use: (",
    ),
    T.DISK_FULL: (
        "not enough space on the disk", "disk is full", "disk full", "flood stage disk watermark",
        "flood-stage watermark", "no space left",
    ),
    T.MEMORY: (
        "javascript heap out of memory", "reached heap limit", "java heap space", "gc overhead limit exceeded",
        "runtime: out of memory", "memory allocation of", "oom command not allowed", "out of memory",
        "memory resource limit alarm", "cuda out of memory",
    ),
    T.RATE: (
        "too many requests", "rate limit exceeded", "rate limit reached", "rate exceeded",
    ),
    T.RESOLVER: (
        "temporary failure in name resolution", "server misbehaving", "could not contact dns servers",
        "dns resolution timed out", "dns resolution timeout", "dns resolution timedout", "resolver timed out",
        "could not be resolved (110",
    ),
    T.UNKNOWN_HOST: (
        "no such host", "name or service not known", "could not resolve host", "could not translate host",
        "nodename nor servname", "unknown host", "getaddrinfo failed", "name does not resolve", "host not found",
        "dns resolution failed", "name resolution failed", "unable to resolve host", "failed to resolve host",
        "failed to resolve address", "failed to resolve name", "no address associated with hostname",
        "could not be resolved (3", "no resolvable bootstrap", "unknown mysql server host",
        "failed to lookup address information", "couldn't resolve server",
    ),
    T.REFUSED: ("actively refused", "refused. check that the hostname"),
    T.TIMEOUT: (
        "i/o timeout", "connect timed out", "connection timed out", "connect timeout expired",
        "connection timeout expired", "failed: timeout expired", "upstream timed out", "deadline exceeded",
        "tls handshake timeout", "timeout awaiting response", "command timed out", "operation timed out",
        "server selection timed out", "connection attempt failed because", "request timed out after",
        "connect timedout", "connection timedout",
    ),
    T.NO_FILE: ("could not find file", "cannot find the file", "cannot open shared object file"),
    T.PERMISSION: ("access to the path",),
    T.BROKEN: (
        "communications link failure", "upstream connect error", "could not connect to server", "unable to connect to",
        "can't connect to mysql server", "can't connect to mariadb server", "can't connect to server on",
        "failed to connect to all addresses", "could not be established. node may not be available",
        "server closed the connection unexpectedly", "no live upstreams", "remote_connection_failure",
        "no connection is available to service this operation", "mysql server has gone away",
        "lost connection to mysql server", "upstream prematurely closed connection", "no connection could be made",
    ),
}  # fmt: skip

TEXTS = {
    **{text: trouble for trouble, _, text in ERRNO.values()},
    **{text: trouble for trouble, texts in _TEXTS.items() for text in texts},
}
"""What a piece of text says, in lower case."""

PATTERNS = (
    (T.CREDENTIALS, re.compile(r"\brole \\?\"[^\"\\]{1,64}\\?\" does not exist")),
    (T.RESOLVER, re.compile(r"lookup \S{1,253}(?: on \S{1,80})?: .{0,120}i/o timeout")),
    (T.PORT_TAKEN, re.compile(r"[Pp]ort \d{2,5} (?:is|was) already in use")),
    (T.PORT_TAKEN, re.compile(r"bind\(\) to \S{1,80} failed")),
)
"""What needs more than a piece of text: a name or a number stands within it."""
