export { compileEmail } from './compile';
export type { CompiledEmail, EmailData, EmailTemplate, RenderedEmail, TemplatePart } from './email';
export { frame, type FrameContent } from './frame';
export { CUSTOMER_FIELDS } from './scope';
export { TemplateError } from './template-error';
