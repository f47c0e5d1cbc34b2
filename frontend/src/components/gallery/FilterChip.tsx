// A filter as a chip: closed it says what is on, open it offers the choices, its cross takes it off.
import { Button, Group, Icon, IconButton, Menu } from "@chakra-ui/react";
import { ChevronDown, type LucideIcon, X } from "lucide-react";

export type Choice = { value: string; label: string };

type Props = {
  name: string;
  icon: LucideIcon;
  choices: readonly Choice[];
  value: string;
  onChange: (value: string) => void;
  /** The choice that filters nothing: with it the chip is quiet and has no cross. */
  none: string;
  /** What the quiet chip says, if not its name. */
  quiet?: string;
};

export function FilterChip({ name, icon, choices, value, onChange, none, quiet = name }: Props) {
  const on = value !== none;
  const shown = on ? (choices.find((choice) => choice.value === value)?.label ?? value) : quiet;
  return (
    <Group attached flexShrink="0">
      <Menu.Root positioning={{ placement: "bottom-start", strategy: "fixed" }} lazyMount>
        <Menu.Trigger asChild>
          <Button
            size="sm"
            rounded="full"
            roundedEnd={on ? "none" : "full"}
            variant={on ? "subtle" : "outline"}
            colorPalette={on ? "accent" : "gray"}
            aria-label={shown === name ? name : `${name}: ${shown}`}
          >
            <Icon as={icon} boxSize="4" aria-hidden />
            {shown}
            {!on && <Icon as={ChevronDown} boxSize="3.5" color="fg.subtle" aria-hidden />}
          </Button>
        </Menu.Trigger>
        {/* Not in a portal, so that it is part of the page's main landmark; fixed, so that a filter
            row that scrolls sideways doesn't cut it off. */}
        <Menu.Positioner>
          <Menu.Content minWidth="11rem" maxHeight="min(24rem, 60dvh)">
            <Menu.RadioItemGroup value={value} onValueChange={(event) => onChange(event.value)}>
              {choices.map((choice) => (
                <Menu.RadioItem key={choice.value} value={choice.value}>
                  <Menu.ItemIndicator />
                  {choice.label}
                </Menu.RadioItem>
              ))}
            </Menu.RadioItemGroup>
          </Menu.Content>
        </Menu.Positioner>
      </Menu.Root>
      {on && <Off name={name} onClick={() => onChange(none)} />}
    </Group>
  );
}

/** The cross of a chip. */
export function Off({ name, onClick }: { name: string; onClick: () => void }) {
  return (
    <IconButton
      size="sm"
      minWidth="7"
      roundedEnd="full"
      roundedStart="none"
      pe="1"
      variant="subtle"
      colorPalette="accent"
      aria-label={`Remove the filter ${name.toLowerCase()}`}
      onClick={onClick}
    >
      <Icon as={X} boxSize="3.5" aria-hidden />
    </IconButton>
  );
}
