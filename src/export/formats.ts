/** What runs can be exported to. A file of its own, as the command line has to know before anything is loaded. */
export const exportFormats = ['csv', 'jsonl', 'latex', 'mlflow', 'optuna'] as const;
export type ExportFormat = (typeof exportFormats)[number];
