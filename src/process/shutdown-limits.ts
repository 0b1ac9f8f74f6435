/*
 * The time limits of a stop
 *
 * A process ends within STOP_LIMIT_MS of a signal, by src/command-line.ts, which catches it: load balancers and orchestrators kill what takes longer. The gateway's
 * connections are drained first, then those of the archive inside it, which answers only the gateway:
 *
 *   DRAIN_LIMIT_MS     8,500  with up to BACKLOG_LIMIT_MS for connections in the kernel's queue
 *   ARCHIVE_LIMIT_MS   1,000  for requests of clients that have been cut off
 *                      9,500  which leaves half a second to close databases and caches, for the log, and for the last traces
 *
 * Traces are sent last, for up to TRACES_LIMIT_MS, so that a collector that hangs holds up nothing else.
 *
 * Workers stop in parallel, within the same limits. A worker that has stopped listening waits up to
 * WORKERS_CLOSING_LIMIT_MS for those that have not said so, as part of its DRAIN_LIMIT_MS.
 */

/** The process ends this long after a signal. */
export const STOP_LIMIT_MS = 10_000;

/** How long requests in flight may take after the start of a stop. */
export const DRAIN_LIMIT_MS = 8500;

/** The same for the archive behind a gateway, which stops after it. */
export const ARCHIVE_LIMIT_MS = 1000;

/** How long the last traces may take to be sent, if the stop has left as much. */
export const TRACES_LIMIT_MS = 1000;

/** How long connections are accepted from the kernel's queue before the rest is dropped. */
export const BACKLOG_LIMIT_MS = 2000;

/** How long a connection may stay idle during a stop, since a request may be on its way. */
export const IDLE_GRACE_MS = 500;

/** How long the queue must be empty before the listening socket closes, since answered clients connect again. */
export const QUIET_MS = 50;

/** How long that is waited for, before an empty queue is enough. */
export const QUIET_LIMIT_MS = 1000;

/** How long workers that have stopped listening wait for those that have not said so. */
export const WORKERS_CLOSING_LIMIT_MS = 3000;
