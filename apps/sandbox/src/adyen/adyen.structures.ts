/** What a field may hold: `map` is an object of strings, `any` is not looked into. */
export type Kind = 'text' | 'integer' | 'flag' | 'map' | 'any' | readonly string[] | Structure;

/** An object of a request, by the name that Adyen's error messages call it. */
export interface Structure {
  readonly name: string;
  readonly fields: Readonly<Record<string, Kind>>;
  /** Published (Checkout v72), not offered by the sandbox: refused in so many words. */
  readonly notOffered?: ReadonlySet<string>;
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}

const amount: Structure = { name: 'Amount', fields: { currency: 'text', value: 'integer' } };

/** What the modifications of a payment share. */
const modification = {
  applicationInfo: 'any',
  merchantAccount: 'text',
  reference: 'text',
} as const;

const browserInfo: Structure = {
  name: 'BrowserInfo',
  fields: {
    acceptHeader: 'text',
    colorDepth: 'integer',
    javaEnabled: 'flag',
    javaScriptEnabled: 'flag',
    language: 'text',
    screenHeight: 'integer',
    screenWidth: 'integer',
    timeZoneOffset: 'integer',
    userAgent: 'text',
  },
};

const shopperName: Structure = {
  name: 'ShopperName',
  fields: { firstName: 'text', lastName: 'text' },
};

const informational = {
  accountInfo: 'any',
  applicationInfo: 'any',
  authenticationData: 'any',
  billingAddress: 'any',
  browserInfo,
  channel: ['iOS', 'Android', 'Web'],
  checkoutAttemptId: 'text',
  company: 'any',
  countryCode: 'text',
  dateOfBirth: 'text',
  deliveryAddress: 'any',
  deviceFingerprint: 'text',
  lineItems: 'any',
  localizedShopperStatement: 'map',
  mcc: 'text',
  merchantOrderReference: 'text',
  merchantRiskIndicator: 'any',
  orderReference: 'text',
  origin: 'text',
  recurringProcessingModel: ['CardOnFile', 'Subscription', 'UnscheduledCardOnFile'],
  redirectFromIssuerMethod: 'text',
  redirectToIssuerMethod: 'text',
  riskData: 'any',
  shopperConversionId: 'text',
  shopperEmail: 'text',
  shopperIP: 'text',
  shopperInteraction: ['Ecommerce', 'ContAuth', 'Moto', 'POS'],
  shopperLocale: 'text',
  shopperName,
  shopperStatement: 'text',
  socialSecurityNumber: 'text',
  store: 'text',
  telephoneNumber: 'text',
  threeDS2RequestData: 'any',
} as const satisfies Structure['fields'];

/** The objects of the requests that the sandbox takes (Checkout v72, as in the types of `@adyen/api-library` 32). */
export const structures = {
  PaymentRequest: {
    name: 'PaymentRequest',
    fields: {
      ...informational,
      additionalData: 'map',
      amount,
      merchantAccount: 'text',
      metadata: 'map',
      paymentMethod: 'any',
      reference: 'text',
      returnUrl: 'text',
      shopperReference: 'text',
    },
    notOffered: words(
      'additionalAmount bankAccount captureDelayHours dccQuote deliverAt deliveryDate enableOneClick ' +
        'enablePayOut enableRecurring enhancedSchemeData entityType fraudOffset fundOrigin fundRecipient ' +
        'industryUsage installments mandate mpiData order paymentValidations platformChargebackLogic ' +
        'recurringExpiry recurringFrequency sessionValidity shopperTaxInfo splits storePaymentMethod ' +
        'subMerchants surcharge thirdPartyTokenRedundancyInfo threeDSAuthenticationOnly trustedShopper',
    ),
  },
  CardDetails: {
    name: 'CardDetails',
    fields: {
      brand: 'text',
      checkoutAttemptId: 'text',
      cvc: 'text',
      encryptedCardNumber: 'text',
      encryptedExpiryMonth: 'text',
      encryptedExpiryYear: 'text',
      encryptedSecurityCode: 'text',
      expiryMonth: 'text',
      expiryYear: 'text',
      holderName: 'text',
      number: 'text',
      sdkData: 'text',
      storedPaymentMethodId: 'text',
      type: 'text',
    },
    notOffered: words(
      'billingSequenceNumber cupsecureplus.smscode encryptedCard encryptedPassword fastlaneData fundingSource ' +
        'networkPaymentReference recurringDetailReference shopperNotificationReference srcCorrelationId ' +
        'srcDigitalCardId srcScheme srcTokenReference threeDS2SdkVersion',
    ),
  },
  IdealDetails: {
    name: 'IdealDetails',
    fields: { checkoutAttemptId: 'text', issuer: 'text', sdkData: 'text', type: 'text' },
    notOffered: words('recurringDetailReference storedPaymentMethodId'),
  },
  PaymentDetails: {
    name: 'PaymentDetails',
    fields: { checkoutAttemptId: 'text', sdkData: 'text', type: 'text' },
  },
  PaymentDetailsRequest: {
    name: 'PaymentDetailsRequest',
    fields: {
      details: {
        name: 'PaymentCompletionDetails',
        fields: { redirectResult: 'text' },
        notOffered: words(
          'MD PaReq PaRes billingToken facilitatorAccessToken oneTimePasscode orderID payerID payload ' +
            'paymentID paymentStatus resultCode returnUrlQueryString threeDSResult vaultToken',
        ),
      },
      paymentData: 'text',
    },
    notOffered: words('authenticationData threeDSAuthenticationOnly'),
  },
  PaymentRefundRequest: {
    name: 'PaymentRefundRequest',
    fields: {
      ...modification,
      amount,
      lineItems: 'any',
      merchantRefundReason: ['FRAUD', 'CUSTOMER REQUEST', 'RETURN', 'DUPLICATE', 'OTHER'],
      store: 'text',
    },
    notOffered: words('capturePspReference enhancedSchemeData splits'),
  },
  PaymentCaptureRequest: {
    name: 'PaymentCaptureRequest',
    fields: { ...modification, amount, lineItems: 'any' },
    notOffered: words('enhancedSchemeData platformChargebackLogic splits subMerchants'),
  },
  PaymentCancelRequest: { name: 'PaymentCancelRequest', fields: modification },
  PaymentReversalRequest: { name: 'PaymentReversalRequest', fields: modification },
  StandalonePaymentCancelRequest: {
    name: 'StandalonePaymentCancelRequest',
    fields: { ...modification, paymentReference: 'text' },
  },
} as const satisfies Record<string, Structure>;
