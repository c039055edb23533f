/// <reference types="vite/client" />

declare module "virtual:contract" {
  /** Of each operation its method and path, as in `GET /o/{organisation_id}/connections`. */
  export const addresses: Readonly<Record<import("@mooring/contract").OperationId, string>>;
  export const roles: readonly import("@mooring/contract").Role[];
  export const ownEvents: readonly import("@mooring/contract").OwnEvent[];
}
