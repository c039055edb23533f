import { Stack, Text, UnstyledButton } from "@mantine/core";
import type { Connection } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { queryOf } from "../../../api/queries.ts";
import { useOrganisation } from "../../../api/session.ts";
import { Answered } from "../../../parts/answer.tsx";
import type { Purpose } from "./entry-dialog.ts";
import classes from "./scheme-choice.module.css";
import { allChoices, offeredChoices, type SchemeChoice } from "./scheme-choices.ts";

interface Choosing {
  readonly connection: Connection;
  readonly purpose: Purpose;
  readonly onChoose: (choice: SchemeChoice) => void;
}

/** Which kind of proof: what the connection offers first, then every kind that its protocol has. */
export function ChooseScheme({ connection, purpose, onChoose }: Choosing) {
  const org = useOrganisation();
  const params = { organisation_id: org, protocol_slug: connection.protocol };
  const query = useQuery(queryOf("ListAuthSchemes", { params }));
  const offered = offeredChoices(connection, purpose);
  return (
    <Stack gap="md">
      {offered.length > 0 && <Choices title="What this connection wants" choices={offered} onChoose={onChoose} />}
      <Answered query={query}>
        {({ authSchemes }) => (
          <Choices
            title={offered.length > 0 ? "Other kinds of proof" : "How is proven who calls?"}
            choices={allChoices(authSchemes, purpose)}
            onChoose={onChoose}
          />
        )}
      </Answered>
    </Stack>
  );
}

function Choices({ title, choices, onChoose }: { title: string; choices: readonly SchemeChoice[]; onChoose: Choosing["onChoose"] }) {
  return (
    <div>
      <Text size="sm" fw={600} mb={6}>
        {title}
      </Text>
      <div className={classes.choices}>
        {choices.map((choice) => (
          <UnstyledButton key={choice.key} className={classes.choice ?? ""} onClick={() => onChoose(choice)}>
            <span>
              <Text span display="block" size="sm" fw={550}>
                {choice.title}
              </Text>
              <Text span display="block" size="sm" c="dimmed">
                {choice.about}
              </Text>
            </span>
            <ChevronRight size={16} />
          </UnstyledButton>
        ))}
      </div>
    </div>
  );
}
