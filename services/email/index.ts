export { compileEmail } from './compile';
export type { CompiledEmail, EmailData, EmailTemplate, RenderedEmail, TemplatePart } from './email';
export { frame, type FrameContent } from './frame';
export { readPreferencesForm, type PageButton, type PreferencesForm } from './preferences-form';
export {
  invalidLinkPage,
  preferencesPage,
  type Page,
  type PageOptions,
  type PreferencesShown,
} from './preferences-page';
export { escapeHtml } from './escape';
export { CUSTOMER_FIELDS } from './scope';
export { TemplateError } from './template-error';
