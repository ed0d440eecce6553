"""The mail catcher: a relay that takes every mail and delivers none, with an inbox for people and for programs.

For people: `/` lists the mails, newest first; `/messages/{id}` shows one. For programs:

`GET /api/messages`
    A JSON list, oldest first; `?after=ID` leaves out that one and what came before it. Each mail has exactly `id`,
    `from` and `to` (the envelope's sender, and the list of its recipients), `subject`, `headers` (an object; a header
    that is repeated has a list), `text` and `html` (empty where the mail has none), `raw`, and `received_at` (ISO 8601
    in UTC).
`DELETE /api/messages`
    Forgets every mail: 204.
`GET`, `PUT`, `DELETE /api/faults`
    The scripted faults of the SMTP side, a JSON list. PUT replaces them; 422 says what is wrong with a list. Each is an
    object:

    - `verb`, where it strikes: CONNECT, EHLO (also HELO), MAIL, RCPT, DATA, or DOT, the end of the mail itself;
    - what happens, at least one of `reply` ("451 4.7.1 try later"; any 4xx or 5xx, and 421 also hangs up), `delay`
      (seconds, before all else; on its own, things then go on as usual) and `drop` (true: the connection is dropped,
      after the reply if there is one);
    - `times` (omitted: until deleted), how often it strikes before it is gone;
    - `match` (omitted: any), text in an address: of the sender, from RCPT on also of the recipient, at DATA and DOT of
      any recipient; whatever its case;
    - `keep` (only for DOT; true: the mail is kept before anything else happens, whatever the client is told).

    Where several fit, the first strikes.
"""
