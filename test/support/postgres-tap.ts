import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** The startup message of the protocol, which has no letter before its length, says this version. */
const PROTOCOL = 0x0003_0000;
const OPENS = /agreement_clocks\b[^;]*FOR UPDATE|pg_try_advisory_xact_lock/;
const ENDS = /^(COMMIT|ROLLBACK)$/;

/**
 * Where a transaction is stopped: before a statement, counted from the one that opens it, or before its end where
 * that comes first; or after the server has done its COMMIT, whose answer is kept back.
 */
export type Point = number | 'end' | 'committed';

/** A transaction that was stopped: nothing more passes between its client and the server. */
export interface Stopped {
  /** Whether the server has made it last. */
  committed: boolean;
  /** From where its session in the server is spoken to. */
  port: number;
  /** Breaks its connection at both ends. */
  cut(): void;
}

interface Wait {
  mark: string;
  point: Point;
  then: (stopped: Stopped) => void;
}

/**
 * A relay between a process and PostgreSQL that sees each statement on its way, and can stop a transaction at any of
 * them. It looks at transactions that take an agreement's clock or an Idempotency-Key: from there on they write.
 */
export class PostgresTap {
  private wait: Wait | null = null;
  private readonly wires = new Set<Wire>();
  /** How many statements the last transaction had that was looked at to its end. */
  statements = 0;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async open(databaseUrl: string): Promise<PostgresTap> {
    const url = new URL(databaseUrl);
    const to = { host: url.hostname, port: Number(url.port || 5432) };
    const server = createServer({ noDelay: true }, (client) => tap.relay(client, connect(to)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url.hostname = '127.0.0.1';
    url.port = String((server.address() as AddressInfo).port);
    const tap = new PostgresTap(server, url.href);
    return tap;
  }

  /** Has the next transaction stopped whose opening statement has the mark among its parameters. */
  stopNext(wait: Wait): void {
    this.wait = wait;
  }

  /** Lets all transactions pass that have not begun. */
  letPass(): void {
    this.wait = null;
  }

  /** From where its sessions in the server are spoken to, by which they can be told from others. */
  ports(): number[] {
    return [...this.wires].flatMap(({ port }) => port ?? []);
  }

  close(): void {
    for (const wire of this.wires) wire.cut();
    this.server.close();
  }

  private relay(client: Socket, server: Socket): void {
    const wire = new Wire(client, server, {
      opened: (bytes) => {
        const { wait } = this;
        if (!wait || !bytes.includes(wait.mark)) return null;
        this.wait = null;
        return wait;
      },
      ended: (statements) => (this.statements = statements),
    });
    this.wires.add(wire);
    client.on('close', () => this.wires.delete(wire));
  }
}

/** What a wire tells of its transactions. */
interface Listener {
  opened(message: Buffer): Wait | null;
  ended(statements: number): void;
}

/** One connection, there and back. */
class Wire {
  private received = Buffer.alloc(0);
  private started = false;
  private stopped = false;
  private keepsAnswer = false;
  /** Statements by the names under which they were prepared. */
  private readonly prepared = new Map<string, string>();
  /** How many statements have passed of the transaction that is looked at. */
  private passed: number | null = null;
  private wait: Wait | null = null;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly listener: Listener,
  ) {
    server.setNoDelay(true);
    client.on('data', (chunk: Buffer) => this.take(chunk));
    server.on('data', (chunk: Buffer) => this.answer(chunk));
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('close', () => other.destroy());
      one.on('error', () => undefined);
    }
  }

  get port(): number | undefined {
    return this.server.localPort;
  }

  cut(): void {
    this.client.destroy();
    this.server.destroy();
  }

  private take(chunk: Buffer): void {
    this.received = Buffer.concat([this.received, chunk]);
    for (let message = this.next(); message && !this.stopped; message = this.next()) {
      if (this.passes(message)) this.server.write(message);
    }
  }

  private answer(chunk: Buffer): void {
    if (this.keepsAnswer && !this.stopped) this.stop(true);
    if (!this.stopped) this.client.write(chunk);
  }

  /** The next message that has come whole. */
  private next(): Buffer | null {
    const head = this.started ? 1 : 0;
    if (this.received.length < head + 4) return null;
    const length = head + this.received.readInt32BE(head);
    if (this.received.length < length) return null;
    const message = this.received.subarray(0, length);
    this.received = this.received.subarray(length);
    if (!this.started) this.started = message.readInt32BE(4) === PROTOCOL;
    else this.learn(message);
    return message;
  }

  /** Remembers what is prepared: it is named when it is run. */
  private learn(message: Buffer): void {
    if (message[0] !== 'P'.charCodeAt(0)) return;
    const [name, text] = textsOf(message);
    this.prepared.set(name!, text!);
  }

  /** Looks at what runs a statement, and stops it where that is wanted. */
  private passes(message: Buffer): boolean {
    const text = this.statementIn(message);
    if (text === null || !this.started) return true;
    if (this.passed === null) {
      if (!OPENS.test(text)) return true;
      this.passed = 0;
      this.wait = this.listener.opened(message);
    }
    const point = this.wait?.point;
    if (!ENDS.test(text)) {
      if (point === this.passed) return this.stop(false);
      this.passed += 1;
      return true;
    }
    this.listener.ended(this.passed);
    this.passed = null;
    if (point === undefined) return true;
    // What is rolled back leaves nothing, whether or not one hears of it.
    if (point !== 'committed' || text === 'ROLLBACK') return this.stop(false);
    return (this.keepsAnswer = true);
  }

  private statementIn(message: Buffer): string | null {
    const kind = String.fromCharCode(message[0]!);
    if (kind === 'Q') return textsOf(message)[0]!;
    return kind === 'B' ? (this.prepared.get(textsOf(message)[1]!) ?? '') : null;
  }

  private stop(committed: boolean): false {
    this.stopped = true;
    this.wait!.then({ committed, port: this.port!, cut: () => this.cut() });
    return false;
  }
}

/** The first two texts of a message, each of which a zero ends. */
function textsOf(message: Buffer): string[] {
  const first = message.indexOf(0, 5);
  const second = message.indexOf(0, first + 1);
  return [message.toString('utf8', 5, first), second < 0 ? '' : message.toString('utf8', first + 1, second)];
}
