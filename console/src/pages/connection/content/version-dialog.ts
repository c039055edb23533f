import type { ConnectionVersion } from "@mooring/contract";

/** What each dialog about a version is given. */
export interface VersionDialog {
  readonly version: ConnectionVersion;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}
