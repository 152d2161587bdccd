interface Window {
  /** Files that an installed app is opened with (File Handling API); not every browser has it. */
  launchQueue?: {
    setConsumer(taken: (launched: { files?: { getFile(): Promise<File> }[] }) => void): void;
  };
}
