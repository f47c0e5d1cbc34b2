import { Icon, IconButton, Menu, Portal } from "@chakra-ui/react";
import { type LucideIcon, Monitor, Moon, Sun } from "lucide-react";
import { type ColorChoice, useColorChoice } from "@/utils/colorMode";

const choices: { value: ColorChoice; label: string; icon: LucideIcon }[] = [
  { value: "system", label: "As the system", icon: Monitor },
  { value: "light", label: "Light", icon: Sun },
  { value: "dark", label: "Dark", icon: Moon },
];

export function ColorModeMenu() {
  const [choice, setChoice] = useColorChoice();
  const shown = choices.find(({ value }) => value === choice) ?? choices[0];
  return (
    <Menu.Root positioning={{ placement: "bottom-end" }}>
      <Menu.Trigger asChild>
        <IconButton variant="ghost" size="sm" aria-label={`Colours: ${shown?.label ?? ""}`}>
          <Icon as={shown?.icon} aria-hidden />
        </IconButton>
      </Menu.Trigger>
      <Portal>
        <Menu.Positioner>
          <Menu.Content>
            <Menu.RadioItemGroup
              value={choice}
              onValueChange={({ value }) => setChoice(value as ColorChoice)}
            >
              {choices.map(({ value, label, icon }) => (
                <Menu.RadioItem key={value} value={value}>
                  <Menu.ItemIndicator />
                  <Icon as={icon} boxSize="4" aria-hidden />
                  {label}
                </Menu.RadioItem>
              ))}
            </Menu.RadioItemGroup>
          </Menu.Content>
        </Menu.Positioner>
      </Portal>
    </Menu.Root>
  );
}
