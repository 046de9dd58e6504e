const LTI = 'https://purl.imsglobal.org/spec/lti/claim';

/** The names of the claims of a launch that grades and rosters need (LTI 1.3 section 5.3, AGS 2.0 section 3.1, NRPS 2.0 section 3.6). */
export const LAUNCH_CLAIMS = {
  version: `${LTI}/version`,
  messageType: `${LTI}/message_type`,
  deploymentId: `${LTI}/deployment_id`,
  resourceLink: `${LTI}/resource_link`,
  context: `${LTI}/context`,
  grades: 'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint',
  roster: 'https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice',
} as const;
