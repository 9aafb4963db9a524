/** SQL, or the URL of a file with SQL such as `new URL('world.sql', import.meta.url)`, or a list of these. */
export type Seed = string | URL | readonly (string | URL)[];

/** Milliseconds, or a text such as `500ms`, `10m`, `1h30m` or `7d`. */
export type Duration = number | string;

export interface StartOptions {
  /** The state to begin with, also after each `reset()`. */
  seed?: Seed;
  /** More options of the server, such as `['--reboot-time', '1h']`. Not for a server that runs already. */
  flags?: readonly string[];
  /** By default any free port. Not for a server that runs already. */
  port?: number;
  /** The path of the server's binary, instead of AMAZONMQ_LOCAL_BIN, the installed package or the PATH. */
  binary?: string;
  /** The URL of a running server to use, instead of AMAZONMQ_LOCAL_URL. Its state is replaced. */
  url?: string;
  /** The server's --control-token; by default AMAZONMQ_LOCAL_CONTROL_TOKEN. */
  token?: string;
}

/** Which calls fail, and how. See docs/control-api.md and docs/seeding.md. */
export interface FaultRule {
  operation?: string;
  brokerId?: string;
  username?: string;
  error?: string;
  status?: number;
  message?: string;
  delayMs?: number;
  drop?: boolean;
  times?: number;
  probability?: number;
  seed?: number;
}

export interface Fault extends FaultRule {
  id: number;
}

export interface RequestFilter {
  /** The name of an operation; empty for requests that match none. */
  operation?: string;
  status?: number;
  username?: string;
  /** Only calls after this number, or since this time of the wall clock. */
  since?: number | string | Date;
  /** Only that many, the newest. */
  last?: number;
}

/** A call that the service received. */
export interface ReceivedRequest {
  number: number;
  requestId: string;
  /** An ISO 8601 time of the wall clock. */
  time: string;
  status: number;
  durationUs: number;
  bodyBytes: number;
  method?: string;
  path?: string;
  operation?: string;
  username?: string;
  account?: string;
  region?: string;
  accessKey?: string;
  error?: string;
  dropped?: boolean;
  /** Passwords are `***`. */
  body?: Record<string, unknown>;
}

export interface Authentication {
  authenticated: boolean;
  consoleAccess?: boolean;
  groups?: string[];
}

export interface Clock {
  /** Advances the service's clock; what is due until then has happened when this resolves. To the new time. */
  advance(time: Duration): Promise<Date>;
  /** Sets it, to an earlier time or up to ten years ahead. */
  set(time: Date | string): Promise<Date>;
  now(): Promise<Date>;
}

export interface Faults {
  /** Effective from the next call on. */
  add(rule: FaultRule): Promise<Fault>;
  list(): Promise<Fault[]>;
  /** Removes the fault with this id, or all. */
  clear(id?: number): Promise<void>;
}

export interface Server {
  readonly url: string;
  readonly port: number;
  /** For a client: `new MqClient(server.config)`. */
  readonly config: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
  /** Environment variables that send the SDKs and the CLI of a child process to this server. */
  readonly env: Record<
    'AWS_ENDPOINT_URL_MQ' | 'AWS_REGION' | 'AWS_DEFAULT_REGION' | 'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY', string>;
  readonly clock: Clock;
  readonly faults: Faults;
  /** Back to the state of the start, or of this seed: rows, faults, clock and the list of requests. */
  reset(options?: { seed?: Seed }): Promise<void>;
  /** Applies SQL, each text or file completely or not at all. */
  seed(seed: Seed): Promise<void>;
  /** What the service received, the oldest first; not the calls of this object. */
  requests(filter?: RequestFilter): Promise<ReceivedRequest[]>;
  clearRequests(): Promise<void>;
  /** Whether this user can log in at the broker now: applied values count, pending ones do not. */
  authenticate(brokerId: string, username: string, password: string): Promise<Authentication>;
  /** The whole state as a SQLite file. */
  snapshot(): Promise<Uint8Array>;
  restore(snapshot: Uint8Array): Promise<void>;
  /** Stops the server; one that was running already keeps running. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What the server has refused, in its words. */
export class AmazonMqLocalError extends Error {
  /** Of the HTTP answer; absent if there was none. */
  readonly status?: number;
  readonly type?: string;
}

/**
 * Starts a server on a free port, or uses the one of AMAZONMQ_LOCAL_URL. It ends with this process, however that ends;
 * it does not keep the process running.
 */
export function start(options?: StartOptions): Promise<Server>;
