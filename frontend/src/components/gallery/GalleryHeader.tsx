// The gallery's name and size, the search, the filters; stays in reach while pictures scroll by.
import { Box, Button, Flex, Heading, Icon, Text } from "@chakra-ui/react";
import { SquareCheck } from "lucide-react";
import type { ReactNode } from "react";
import type { Model } from "@/api/types";
import { count } from "@/utils/format";
import type { GalleryFilters } from "@/utils/galleryFilters";
import { FilterRow } from "./FilterRow";
import { SearchField } from "./SearchField";
import type { ChangeFilters } from "./useGalleryFilters";

type Props = {
  filters: GalleryFilters;
  onChange: ChangeFilters;
  models: readonly Model[];
  total: number | undefined;
  selecting: boolean;
  onSelecting: (on: boolean) => void;
  /** What can be done with the gallery as a whole. */
  actions?: ReactNode;
};

export function GalleryHeader(props: Props) {
  const { filters, onChange, models, total, selecting, onSelecting, actions } = props;
  return (
    <Box
      position={{ md: "sticky" }}
      top={{ md: "14" }}
      zIndex="docked"
      bg="bg"
      px={{ base: "4", md: "6" }}
      pt="4"
      pb="2"
    >
      <Flex
        align="center"
        gap={{ base: "2", md: "3" }}
        mb="2"
        wrap={{ base: "wrap", md: "nowrap" }}
      >
        <Heading as="h1" size="2xl" letterSpacing="tight">
          {filters.trash ? "Trash" : "Gallery"}
        </Heading>
        <Text color="fg.muted" textStyle="sm" whiteSpace="nowrap" flex={{ base: "1", md: "none" }}>
          {total === undefined ? "\u00a0" : count(total, "picture")}
        </Text>
        <Flex
          flex={{ base: "1 0 100%", md: "1" }}
          order={{ base: "1", md: "0" }}
          justify={{ md: "flex-end" }}
        >
          {/* Typing replaces the address once it has a search, so that back leaves the search. */}
          <SearchField
            value={filters.q}
            onChange={(q) => onChange({ q }, { replace: filters.q !== "" && q !== "" })}
          />
        </Flex>
        <Flex align="center" gap={{ base: "2", md: "3" }}>
          <Button
            size="sm"
            variant={selecting ? "subtle" : "outline"}
            colorPalette={selecting ? "accent" : "gray"}
            rounded="full"
            aria-pressed={selecting}
            onClick={() => onSelecting(!selecting)}
          >
            <Icon as={SquareCheck} boxSize="4" aria-hidden />
            Select
          </Button>
          {actions}
        </Flex>
      </Flex>
      <FilterRow filters={filters} onChange={onChange} models={models} />
    </Box>
  );
}
