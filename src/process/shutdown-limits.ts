/*
 * How long a stop may take
 *
 * A signal is answered by the end of the process within STOP_LIMIT_MS: load balancers and orchestrators kill what stays
 * longer. The gateway's connections come first, then those of the archive inside it, which only answers the gateway:
 *
 *   GATEWAY_LIMIT_MS   8,500  of which up to BACKLOG_LIMIT_MS go by while connections that the kernel has taken still come
 *   ARCHIVE_LIMIT_MS   1,000  whatever still asks the archive then has been cut off itself
 *                      9,500  which leaves half a second for closing databases and caches, and for the log
 *
 * Workers stop side by side, each within the same limits. Those that have stopped listening wait up to
 * WORKERS_CLOSING_LIMIT_MS for one that does not say so, which is part of their GATEWAY_LIMIT_MS.
 */

/** After a signal the process ends, whatever still goes on. */
export const STOP_LIMIT_MS = 10_000;

/** How long requests in flight may take after a stop was asked for. */
export const GATEWAY_LIMIT_MS = 8500;

/** The same for the archive behind a gateway, which stops after it. */
export const ARCHIVE_LIMIT_MS = 1000;

/** How long connections that the kernel has taken may keep coming before the rest is given up. */
export const BACKLOG_LIMIT_MS = 1000;

/** How long a connection may stay idle once a stop was asked for: a request may be on its way on it. */
export const IDLE_GRACE_MS = 500;

/** How long no connection must have come before the listening socket closes: clients that have been answered come again. */
export const QUIET_MS = 50;

/** How long workers that take no connections any more wait for one that does not say so. */
export const WORKERS_CLOSING_LIMIT_MS = 2000;
