import { ActionIcon, Menu } from "@mantine/core";
import type { ConnectionVersion } from "@mooring/contract";
import { Braces, Copy, Ellipsis, FileCode, PencilLine, Send, Star, Trash2, Undo2 } from "lucide-react";
import { useState } from "react";
import { useMay } from "../../../api/session.ts";
import { useConnection } from "../connection.ts";
import { useVersions } from "../versions.ts";
import { useDownload } from "./download.tsx";
import type { Question } from "./version-dialogs.tsx";

/** What can be done with a version, as far as the person may. */
export function VersionMenu({ version, onAsk }: { version: ConnectionVersion; onAsk: (question: Question) => void }) {
  const { protocol } = useConnection();
  const { standard } = useVersions();
  const mayWrite = useMay()("connections:write");
  const [isOpen, setOpen] = useState(false);
  const download = useDownload(version.name);
  const isDraft = version.publishedAt === null;
  return (
    <>
      <Menu position="bottom-end" width={240} opened={isOpen} onChange={setOpen}>
        <Menu.Target>
          <ActionIcon aria-label={`More about version ${version.name}`}>
            <Ellipsis size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {mayWrite && (
            <>
              {isDraft && (
                <Menu.Item leftSection={<Send size={16} />} onClick={() => onAsk("publish")}>
                  Publish
                </Menu.Item>
              )}
              {isDraft && (
                <Menu.Item leftSection={<PencilLine size={16} />} onClick={() => onAsk("rename")}>
                  Name and description
                </Menu.Item>
              )}
              <Menu.Item leftSection={<Copy size={16} />} onClick={() => onAsk("copy")}>
                Make a draft of it
              </Menu.Item>
              {!isDraft && version.id !== standard?.id && (
                <Menu.Item leftSection={<Star size={16} />} onClick={() => onAsk("default")}>
                  Make it the default
                </Menu.Item>
              )}
              {!isDraft && (
                <Menu.Item leftSection={<Undo2 size={16} />} onClick={() => onAsk("unpublish")}>
                  Take it back
                </Menu.Item>
              )}
              <Menu.Divider />
            </>
          )}
          <Menu.Item leftSection={<FileCode size={16} />} onClick={download.types}>
            TypeScript types
          </Menu.Item>
          {protocol === "http" && (
            <Menu.Item leftSection={<Braces size={16} />} onClick={download.openApi}>
              OpenAPI document
            </Menu.Item>
          )}
          {mayWrite && (
            <>
              <Menu.Divider />
              <Menu.Item leftSection={<Trash2 size={16} />} c="var(--mantine-color-error)" onClick={() => onAsk("delete")}>
                Delete
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {download.fault}
    </>
  );
}
