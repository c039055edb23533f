import { createAuthEndpoint } from "better-auth/api";
import { setSessionCookie } from "better-auth/cookies";
import { betterAuth } from "better-auth/minimal";
import type { Clock } from "../kernel/clock.ts";
import type { NewId, UserId } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import type { Secret } from "../kernel/secret.ts";
import type { Database } from "../store/database.ts";
import { createPeopleAdapter, sessionIdleDays } from "./adapter.ts";

/**
 * better-auth, told to keep to sessions: how somebody proves who they are is decided before it is asked, and its own HTTP routes
 * are never mounted. It sends nothing anywhere. The cookie is `__Host-cookie` where the public address is https; on plain
 * http a browser would refuse that name, so there it is the contract's `cookie`.
 */
export function createAuth({ db, clock, newId, publicUrl, secret, log }: AuthDeps) {
  const isHttps = publicUrl.protocol === "https:";
  const cookieName = isHttps ? "__Host-cookie" : "cookie";
  return betterAuth({
    appName: "Mooring",
    baseURL: publicUrl.origin,
    basePath: "/auth",
    // Given as a list, because better-auth would otherwise let a variable of the environment override it.
    secrets: [{ version: 1, value: secret.reveal() }],
    database: createPeopleAdapter({ db, clock, newId }),
    user: { modelName: "users", fields: { emailVerified: "email_verified", createdAt: "created_at", updatedAt: "updated_at" } },
    session: {
      modelName: "sessions",
      expiresIn: sessionIdleDays * daySeconds,
      updateAge: daySeconds,
      fields: {
        userId: "user_id",
        expiresAt: "expires_at",
        ipAddress: "ip_address",
        userAgent: "user_agent",
        createdAt: "created_at",
        updatedAt: "updated_at",
      },
    },
    account: { modelName: "accounts", fields: accountFields },
    verification: { modelName: "verifications", fields: { expiresAt: "expires_at", createdAt: "created_at", updatedAt: "updated_at" } },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disableColors: true, level: "warn", log: (_level, message) => log.debug(`better-auth: ${message}`) },
    advanced: {
      useSecureCookies: false,
      database: { validateSchema: false },
      cookies: { session_token: { name: cookieName, attributes: { secure: isHttps, httpOnly: true, sameSite: "lax", path: "/" } } },
    },
    plugins: [openingSessions],
  });
}

export interface AuthDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly publicUrl: URL;
  readonly secret: Secret;
  readonly log: Log;
}

export type Auth = ReturnType<typeof createAuth>;

const daySeconds = 24 * 60 * 60;

const accountFields = {
  userId: "user_id",
  accountId: "account_id",
  providerId: "provider_id",
  accessToken: "access_token",
  refreshToken: "refresh_token",
  idToken: "id_token",
  accessTokenExpiresAt: "access_token_expires_at",
  refreshTokenExpiresAt: "refresh_token_expires_at",
  createdAt: "created_at",
  updatedAt: "updated_at",
};

/** Opens a session for somebody whom Mooring has recognised. Server only: it has no path, so no request can reach it. */
const openingSessions = {
  id: "mooring",
  endpoints: {
    openSession: createAuthEndpoint.serverOnly(
      { method: "POST", metadata: { $Infer: { body: {} as { userId: UserId } } } },
      async (ctx) => {
        const { userId } = ctx.body;
        const user = await ctx.context.internalAdapter.findUserById(userId);
        if (!user) throw new Error("A session was to be opened for nobody.");
        const session = await ctx.context.internalAdapter.createSession(userId);
        await setSessionCookie(ctx, { session, user });
        return { userId };
      },
    ),
  },
} as const;
