// The prompt, the one button, the values in use, and the settings folded away. On a phone it docks
// at the bottom, over the results.
import { Alert, Box, Button, Flex, Icon, Text } from "@chakra-ui/react";
import { Grid3x3, SlidersHorizontal } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import { useModels } from "@/api/models";
import { type DraftField, modelOf } from "./draft";
import { PromptField } from "./PromptField";
import { PromptTools } from "./PromptTools";
import { SettingChips } from "./SettingChips";
import { fieldId } from "./SettingField";
import { Settings } from "./Settings";
import { StartField } from "./StartField";
import { StyleField } from "./StyleField";
import { setField, useDraft } from "./useDraft";
import { useSubmit } from "./useSubmit";

const dock = {
  position: { base: "fixed", md: "static" },
  insetX: "0",
  bottom: "var(--bottom-nav)",
  zIndex: { base: "docked", md: "auto" },
  bg: { base: "bg.panel", md: "transparent" },
  borderTopWidth: { base: "1px", md: "0" },
  px: { base: "4", md: "0" },
  py: { base: "3", md: "0" },
} as const;

/** What goes with a picture stands outside the settings. */
const outside: readonly DraftField[] = ["strength", "resize_mode", "style_strength"];

const wide = () => window.matchMedia("(min-width: 48rem)").matches;
const mac = /mac|iphone|ipad/i.test(navigator.platform);

export function GenerateForm() {
  const draft = useDraft();
  const models = useModels().data?.items ?? [];
  const model = modelOf(draft, models);
  const [open, setOpen] = useState(false);
  const prompt = useRef<HTMLTextAreaElement>(null);

  function reveal(name: DraftField): void {
    if (name === "prompt") {
      prompt.current?.focus();
      return;
    }
    if (name === "styles") return;
    if (!outside.includes(name)) setOpen(true);
    // The panel has to be there before its field can take the focus.
    setTimeout(() => document.getElementById(fieldId(name))?.focus(), 50);
  }

  const { submit, forgive, pending, fields, summary } = useSubmit(reveal, () => {
    // On a phone the open settings would lie over the picture.
    if (!wide()) setOpen(false);
  });

  // On a phone this would only bring up the keyboard before anything was read.
  useEffect(() => {
    if (wide()) prompt.current?.focus({ preventScroll: true });
  }, []);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    submit();
  }

  return (
    <Box asChild {...dock} onKeyDown={onKeyDown}>
      <form
        aria-label="Make a picture"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Box
          rounded="l3"
          borderWidth={{ md: "1px" }}
          borderColor="border"
          bg="bg.panel"
          p={{ md: "4" }}
          shadow={{ md: "xs" }}
          _focusWithin={{ borderColor: "accent.focusRing" }}
        >
          <PromptField
            ref={prompt}
            value={draft.prompt}
            error={fields.prompt}
            model={model}
            onChange={(text) => {
              setField("prompt", text);
              forgive("prompt");
            }}
          />
          <PromptTools
            prompt={draft.prompt}
            model={model}
            styles={draft.styles}
            onPrompt={(text) => {
              setField("prompt", text);
              forgive("prompt");
              prompt.current?.focus({ preventScroll: true });
            }}
            onStyles={(names) => {
              setField("styles", names);
              forgive("styles");
            }}
          />
          {fields.styles && (
            <Text role="alert" textStyle="xs" color="fg.error">
              {fields.styles}
            </Text>
          )}
          <StartField draft={draft} errors={fields} onChange={forgive} />
          <StyleField draft={draft} model={model} errors={fields} onChange={forgive} />
          {summary && (
            <Alert.Root status="error" size="sm" my="2">
              <Alert.Indicator />
              <Alert.Title fontWeight="normal">{summary}</Alert.Title>
            </Alert.Root>
          )}
          <Flex
            gap="3"
            align="center"
            justify="space-between"
            mt="2"
            wrap={{ base: "wrap", md: "nowrap" }}
          >
            <Box
              order={{ base: "3", md: "0" }}
              flexBasis={{ base: "full", md: "0" }}
              minWidth="0"
              flexGrow="1"
            >
              <SettingChips draft={draft} model={model} onPick={reveal} />
            </Box>
            <Button asChild variant="ghost" size="sm" alignSelf="end" px="2.5">
              <Link to="/batch" aria-label="Many at once" title="Many prompts or a grid at once">
                <Icon as={Grid3x3} aria-hidden />
              </Link>
            </Button>
            <Button
              variant="ghost"
              size="sm"
              alignSelf="end"
              aria-expanded={open}
              aria-controls={open ? "settings" : undefined}
              onClick={() => setOpen(!open)}
            >
              <Icon as={SlidersHorizontal} aria-hidden />
              Advanced
            </Button>
            <Button
              type="submit"
              colorPalette="accent"
              loading={pending}
              loadingText="Sending"
              alignSelf="end"
            >
              Generate
              <Text as="span" textStyle="xs" hideBelow="md" aria-hidden>
                {mac ? "⌘ ↵" : "Ctrl + ↵"}
              </Text>
            </Button>
          </Flex>
          {open && (
            <Box
              id="settings"
              pt="5"
              maxHeight={{ base: "50dvh", md: "none" }}
              overflowY={{ base: "auto", md: "visible" }}
            >
              <Settings
                draft={draft}
                models={models}
                model={model}
                errors={fields}
                onChange={forgive}
              />
            </Box>
          )}
        </Box>
      </form>
    </Box>
  );
}
