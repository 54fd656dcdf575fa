export { compileEmail } from './compile';
export type { CompiledEmail, EmailData, EmailTemplate, RenderedEmail, TemplatePart } from './email';
export { TemplateError } from './template-error';
