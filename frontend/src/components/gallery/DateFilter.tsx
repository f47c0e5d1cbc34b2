// Pictures of some days: the usual spans by name, any other by its first and last day.
import {
  Button,
  Field,
  Group,
  HStack,
  Icon,
  Input,
  Popover,
  Portal,
  Stack,
} from "@chakra-ui/react";
import { CalendarDays, ChevronDown } from "lucide-react";
import { dayBefore, type GalleryFilters, readableDay } from "@/utils/galleryFilters";
import { Off } from "./FilterChip";
import type { ChangeFilters } from "./useGalleryFilters";

const spans = [
  { label: "Today", days: 0 },
  { label: "Last 7 days", days: 6 },
  { label: "Last 30 days", days: 29 },
];

type Days = Pick<GalleryFilters, "after" | "before">;

/** What the chip says. */
export function describeDays({ after, before }: Days): string {
  if (after && !before) {
    const span = spans.find(({ days }) => dayBefore(days) === after);
    return span?.label ?? `Since ${readableDay(after)}`;
  }
  if (!after) return before ? `Until ${readableDay(before)}` : "Date";
  if (after === before) return readableDay(after);
  return `${readableDay(after)} – ${readableDay(before ?? after)}`;
}

type Props = { filters: Days; onChange: ChangeFilters };

export function DateFilter({ filters, onChange }: Props) {
  const on = Boolean(filters.after || filters.before);
  const text = describeDays(filters);
  const day = (value: string) => value || undefined;
  return (
    <Group attached flexShrink="0">
      <Popover.Root positioning={{ placement: "bottom-start" }} lazyMount unmountOnExit>
        <Popover.Trigger asChild>
          <Button
            size="sm"
            rounded="full"
            roundedEnd={on ? "none" : "full"}
            variant={on ? "subtle" : "outline"}
            colorPalette={on ? "accent" : "gray"}
            aria-label={on ? `Date: ${text}` : "Date"}
          >
            <Icon as={CalendarDays} boxSize="4" aria-hidden />
            {text}
            {!on && <Icon as={ChevronDown} boxSize="3.5" color="fg.subtle" aria-hidden />}
          </Button>
        </Popover.Trigger>
        <Portal>
          <Popover.Positioner>
            <Popover.Content width="19rem" aria-label="Date">
              <Popover.Body>
                <Stack gap="4">
                  <HStack wrap="wrap" gap="2">
                    {spans.map(({ label, days }) => {
                      const after = dayBefore(days);
                      const chosen = filters.after === after && !filters.before;
                      return (
                        <Button
                          key={label}
                          size="xs"
                          rounded="full"
                          variant={chosen ? "solid" : "outline"}
                          aria-pressed={chosen}
                          onClick={() => onChange({ after, before: undefined })}
                        >
                          {label}
                        </Button>
                      );
                    })}
                  </HStack>
                  <HStack gap="3">
                    <Field.Root>
                      <Field.Label>First day</Field.Label>
                      <Input
                        type="date"
                        size="sm"
                        max={filters.before}
                        value={filters.after ?? ""}
                        onChange={(event) => onChange({ after: day(event.target.value) })}
                      />
                    </Field.Root>
                    <Field.Root>
                      <Field.Label>Last day</Field.Label>
                      <Input
                        type="date"
                        size="sm"
                        min={filters.after}
                        value={filters.before ?? ""}
                        onChange={(event) => onChange({ before: day(event.target.value) })}
                      />
                    </Field.Root>
                  </HStack>
                </Stack>
              </Popover.Body>
            </Popover.Content>
          </Popover.Positioner>
        </Portal>
      </Popover.Root>
      {on && <Off name="Date" onClick={() => onChange({ after: undefined, before: undefined })} />}
    </Group>
  );
}
