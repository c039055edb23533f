import type { IncomingHttpHeaders } from "node:http";
import type { Person } from "../domain/person.ts";
import { Problem } from "../kernel/errors.ts";
import type { UserId } from "../kernel/ids.ts";
import type { Database } from "../store/database.ts";
import { deleteSession, ofNobody } from "../store/people.ts";
import { hashToken } from "./adapter.ts";
import type { Auth } from "./auth.ts";
import { sessionCookieOf, tokenOf } from "./cookie.ts";

/** Where people are signed in. Cookies are given as values of `Set-Cookie`. */
export interface Sessions {
  /** Whose session the request's cookie names; undefined when it names none that is alive. Changes nothing. */
  personOf(headers: IncomingHttpHeaders): Promise<Person | undefined>;
  /** The same, for the page that shows it: moves the idle end on, at most once a day, and then gives the cookie again. */
  refresh(headers: IncomingHttpHeaders): Promise<{ person: Person; cookies: string[] } | undefined>;
  /** A new session under a new id, whatever cookie the request had: an id planted beforehand is worth nothing. */
  open(userId: UserId, headers: IncomingHttpHeaders): Promise<string[]>;
  /** Ends the request's session in the database, and gives the cookie that makes the browser forget it. */
  end(headers: IncomingHttpHeaders): Promise<string[]>;
}

export function createSessions({ auth, db }: { auth: Auth; db: Database }): Sessions {
  async function find(headers: IncomingHttpHeaders, disableRefresh: boolean) {
    if (sessionCookieOf(headers) === undefined) return undefined;
    try {
      return await auth.api.getSession({ headers: await forwarded(headers), query: { disableRefresh }, returnHeaders: true });
    } catch (error) {
      // better-auth wraps what its adapter throws.
      throw error instanceof Error && error.cause instanceof Problem ? error.cause : error;
    }
  }

  /** Only what better-auth needs to know: it is never shown a header in which a client could name an address. */
  async function forwarded(headers: IncomingHttpHeaders): Promise<Headers> {
    const { authCookies } = await auth.$context;
    const cookie = sessionCookieOf(headers);
    return new Headers({
      ...(cookie === undefined ? {} : { cookie: `${authCookies.sessionToken.name}=${cookie}` }),
      ...(headers["user-agent"] === undefined ? {} : { "user-agent": headers["user-agent"].slice(0, userAgentMax) }),
    });
  }

  // It would also expire helper cookies that Mooring never sets.
  async function ownCookies(headers: Headers): Promise<string[]> {
    const { authCookies } = await auth.$context;
    return headers.getSetCookie().filter((cookie) => cookie.startsWith(`${authCookies.sessionToken.name}=`));
  }

  return {
    async personOf(headers) {
      const found = await find(headers, true);
      return found?.response ? personIn(found.response.user) : undefined;
    },
    async refresh(headers) {
      const found = await find(headers, false);
      return found?.response ? { person: personIn(found.response.user), cookies: await ownCookies(found.headers) } : undefined;
    },
    async open(userId, headers) {
      await endInDatabase(db, headers);
      const opened = await auth.api.openSession({ body: { userId }, headers: await forwarded(headers), returnHeaders: true });
      return ownCookies(opened.headers);
    },
    async end(headers) {
      await endInDatabase(db, headers);
      const ended = await auth.api.signOut({ headers: await forwarded(headers), returnHeaders: true });
      return ownCookies(ended.headers);
    },
  };
}

const userAgentMax = 300;

// Not left to better-auth, which would forget the cookie and say all is well when the database did not answer.
async function endInDatabase(db: Database, headers: IncomingHttpHeaders): Promise<void> {
  const token = tokenOf(sessionCookieOf(headers) ?? "");
  if (token) await db.write(ofNobody, (tx) => deleteSession(tx, hashToken(token)));
}

const personIn = ({ id, name, email }: { id: string; name: string; email: string }): Person => ({ id: id as UserId, name, email });
