// Where things stand: the picture takes the room, the panel is beside it, or below on a phone.
import { Box, Grid } from "@chakra-ui/react";
import type { ReactNode } from "react";

type Props = { stage: ReactNode; panel: ReactNode; family: ReactNode };

export function Layout({ stage, panel, family }: Props) {
  return (
    <Grid
      templateColumns={{ base: "minmax(0, 1fr)", lg: "minmax(0, 1fr) 24rem" }}
      templateAreas={{
        base: '"stage" "panel" "family"',
        lg: '"stage panel" "family panel"',
      }}
      templateRows={{ lg: "auto 1fr" }}
      columnGap="8"
      rowGap="6"
      px={{ base: "0", lg: "6" }}
      pb="8"
    >
      <Box gridArea="stage" minWidth="0">
        {stage}
      </Box>
      <Box gridArea="panel" px={{ base: "4", lg: "0" }} minWidth="0">
        {panel}
      </Box>
      <Box gridArea="family" px={{ base: "4", lg: "0" }} minWidth="0">
        {family}
      </Box>
    </Grid>
  );
}
