import { hash, randomBytes } from "node:crypto";
import { type CleanedWhere, type CustomAdapter, createAdapterFactory } from "better-auth/adapters";
import type { Clock } from "../kernel/clock.ts";
import type { NewId } from "../kernel/ids.ts";
import type { Database, Tx } from "../store/database.ts";
import { ofNobody } from "../store/people.ts";
import { type Condition, countRows, deleteRows, insertRow, type PeopleRow, selectRows, updateRows } from "../store/people-rows.ts";

/**
 * better-auth's way to its tables, through Mooring's own store and so with its deadlines. Three things of A-3 are done here, below
 * better-auth, where no plug-in can miss them: a session's token has 256 random bits (better-auth's own has 190), only its SHA-256
 * is stored, and a session that has lasted `sessionDaysMax` is not found any more, however often it was used.
 */
export function createPeopleAdapter({ db, clock, newId }: { db: Database; clock: Clock; newId: NewId }) {
  return createAdapterFactory({
    config: {
      adapterId: "mooring",
      adapterName: "Mooring's store",
      supportsDates: false,
      supportsBooleans: false,
      supportsJSON: false,
      customIdGenerator: () => newId(),
    },
    adapter: () => createAdapter(db, clock),
  });
}

/** How long a person stays signed in at most, and how long without opening the console. */
const sessionDaysMax = 30;
export const sessionIdleDays = 7;

function createAdapter(db: Database, clock: Clock): CustomAdapter {
  const read = <Result>(work: (tx: Tx) => Promise<Result>) => db.read(ofNobody, work);
  const write = <Result>(work: (tx: Tx) => Promise<Result>) => db.write(ofNobody, work);
  const find = async (
    model: string,
    where: readonly CleanedWhere[],
    limit: number,
    rest: Omit<Parameters<typeof selectRows>[2], "where" | "limit"> = {},
  ) => {
    const rows = await read((tx) => selectRows(tx, model, { where: hashed(model, where), limit, ...rest }));
    return rows.filter((row) => model !== sessions || isAlive(row, clock)).map((row) => named(model, row, where));
  };
  return {
    async create<Row>({ model, data }: { model: string; data: PeopleRow }) {
      const token = randomBytes(32).toString("base64url");
      const row = model === sessions ? { ...data, ...beginning(clock), token: hashToken(token) } : data;
      const inserted = await write((tx) => insertRow(tx, model, row));
      return (model === sessions ? { ...inserted, token } : inserted) as Row;
    },
    async findOne<Row>({ model, where }: { model: string; where: CleanedWhere[] }) {
      const [row] = await find(model, where, 1);
      return (row ?? null) as Row | null;
    },
    async findMany<Row>({ model, where = [], limit, offset, sortBy }: Parameters<CustomAdapter["findMany"]>[0]) {
      return (await find(model, where, limit, { ...(offset ? { offset } : {}), ...(sortBy ? { sort: sortBy } : {}) })) as Row[];
    },
    async update<Row>({ model, where, update }: { model: string; where: CleanedWhere[]; update: Row }) {
      const values = model === sessions ? { ...update, ...going(clock) } : update;
      const [row] = await write((tx) => updateRows(tx, model, hashed(model, where), values as PeopleRow));
      return (row ? named(model, row, where) : null) as Row | null;
    },
    updateMany: ({ model, where, update }) => write(async (tx) => (await updateRows(tx, model, hashed(model, where), update)).length),
    delete: ({ model, where }) => write(async (tx) => void (await deleteRows(tx, model, hashed(model, where)))),
    deleteMany: ({ model, where }) => write(async (tx) => (await deleteRows(tx, model, hashed(model, where))).length),
    count: ({ model, where = [] }) => read((tx) => countRows(tx, model, hashed(model, where))),
  };
}

const sessions = "sessions";

/** How a session's token is stored. */
export const hashToken = (token: string) => hash("sha256", token, "base64url");

function hashed(model: string, where: readonly CleanedWhere[]): Condition[] {
  return where.map(({ field, operator = "eq", value, connector = "AND" }) => {
    const isToken = model === sessions && field === "token";
    return { field, operator, connector, value: isToken ? hashedValue(value) : value };
  });
}

const hashedValue = (value: unknown) => (Array.isArray(value) ? value.map((one) => hashToken(String(one))) : hashToken(String(value)));

/** The row as better-auth expects it: a session found by its token carries that token, not its hash. */
function named(model: string, row: PeopleRow, where: readonly CleanedWhere[]): PeopleRow {
  const asked = model === sessions ? where.find(({ field, operator = "eq" }) => field === "token" && operator === "eq") : undefined;
  return asked ? { ...row, token: asked.value } : row;
}

// better-auth reads the machine's clock. These times decide who is let in, so they come from Mooring's.
function going(clock: Clock): PeopleRow {
  const now = clock.now();
  return { updated_at: now.toISOString(), expires_at: new Date(now.getTime() + sessionIdleDays * dayMs).toISOString() };
}

const beginning = (clock: Clock): PeopleRow => ({ ...going(clock), created_at: clock.now().toISOString() });

function isAlive(session: PeopleRow, clock: Clock): boolean {
  const now = clock.now().getTime();
  const ageMs = now - Date.parse(String(session.created_at));
  return ageMs < sessionDaysMax * dayMs && Date.parse(String(session.expires_at)) > now;
}

const dayMs = 24 * 60 * 60 * 1000;
