import * as informed from './adyen.informational.js';
import { type Structure, words } from './adyen.kinds.js';

const { amount, lineItems } = informed;

/** What the modifications of a payment share. */
const modification = {
  applicationInfo: informed.applicationInfo,
  merchantAccount: 'text',
  reference: 'text',
} as const;

const informational = {
  accountInfo: informed.accountInfo,
  applicationInfo: informed.applicationInfo,
  authenticationData: informed.authenticationData,
  billingAddress: informed.billingAddress,
  browserInfo: informed.browserInfo,
  channel: ['iOS', 'Android', 'Web'],
  checkoutAttemptId: 'text',
  company: informed.company,
  countryCode: 'text',
  dateOfBirth: 'text',
  deliveryAddress: informed.deliveryAddress,
  deviceFingerprint: 'text',
  lineItems,
  localizedShopperStatement: 'map',
  mcc: 'text',
  merchantOrderReference: 'text',
  merchantRiskIndicator: informed.merchantRiskIndicator,
  orderReference: 'text',
  origin: 'text',
  recurringProcessingModel: ['CardOnFile', 'Subscription', 'UnscheduledCardOnFile'],
  redirectFromIssuerMethod: 'text',
  redirectToIssuerMethod: 'text',
  riskData: informed.riskData,
  shopperConversionId: 'text',
  shopperEmail: 'text',
  shopperIP: 'text',
  shopperInteraction: ['Ecommerce', 'ContAuth', 'Moto', 'POS'],
  shopperLocale: 'text',
  shopperName: informed.shopperName,
  shopperStatement: 'text',
  socialSecurityNumber: 'text',
  store: 'text',
  telephoneNumber: 'text',
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
        'subMerchants surcharge threeDS2RequestData thirdPartyTokenRedundancyInfo threeDSAuthenticationOnly trustedShopper',
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
          'MD PaReq PaRes authorization.token billingToken cupsecureplus.smscode facilitatorAccessToken oneTimePasscode orderID payerID payload ' +
            'paymentID paymentStatus resultCode returnUrlQueryString threeDSResult threeds2.challengeResult threeds2.fingerprint vaultToken',
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
      lineItems,
      merchantRefundReason: ['FRAUD', 'CUSTOMER REQUEST', 'RETURN', 'DUPLICATE', 'OTHER'],
      store: 'text',
    },
    notOffered: words('capturePspReference enhancedSchemeData splits'),
  },
  PaymentCaptureRequest: {
    name: 'PaymentCaptureRequest',
    fields: { ...modification, amount, lineItems },
    notOffered: words('enhancedSchemeData platformChargebackLogic splits subMerchants'),
  },
  PaymentCancelRequest: { name: 'PaymentCancelRequest', fields: modification },
  PaymentReversalRequest: { name: 'PaymentReversalRequest', fields: modification },
  StandalonePaymentCancelRequest: {
    name: 'StandalonePaymentCancelRequest',
    fields: { ...modification, paymentReference: 'text' },
  },
} as const satisfies Record<string, Structure>;
