/** In SQL, of a row `message` and its row `version`: the name of the mail, and its subject as written (`textOf`). */
export const MAIL_STEP = `coalesce(version.content -> 'steps' -> message.step ->> 'name', message.step::text)`;

export const MAIL_SUBJECT = `
  coalesce(
    case when message.wait_outcome = 'timeIsUp'
              and version.content #>> array['steps', message.step::text, 'wait', 'whenTimeIsUp'] = 'sendOther'
         then version.content #>> array['steps', message.step::text, 'wait', 'other', 'subject'] end,
    version.content #>> array['steps', message.step::text, 'variants', message.variant::text, 'subject'])`;
