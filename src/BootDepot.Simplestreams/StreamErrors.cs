namespace BootDepot.Simplestreams;

/// <summary>Every code that a <see cref="StreamException"/> of this library carries.</summary>
public static class StreamErrors
{
    /// <summary>More bytes than <see cref="StreamLimits.DocumentBytes"/>.</summary>
    public const string DocumentTooLarge = "document-too-large";

    /// <summary>Objects and lists nested deeper than <see cref="StreamLimits.Depth"/>.</summary>
    public const string DocumentTooDeep = "document-too-deep";

    /// <summary>More products, versions, items, members or longer strings than a named limit allows.</summary>
    public const string DocumentTooMany = "document-too-many";

    /// <summary>Not JSON in UTF-8, or not of the shape that the format asks for.</summary>
    public const string DocumentMalformed = "document-malformed";

    /// <summary>A name occurs twice in one object, so that two readers could see two documents.</summary>
    public const string DocumentDuplicateKey = "document-duplicate-key";

    /// <summary><c>format</c> is missing or is not the one asked for.</summary>
    public const string DocumentWrongFormat = "document-wrong-format";

    /// <summary>A products document's <c>content_id</c> is not the one that the index promised.</summary>
    public const string DocumentWrongContentId = "document-wrong-content-id";

    /// <summary>A tag has a value that the document's <c>_aliases</c> table lacks.</summary>
    public const string DocumentUnknownAlias = "document-unknown-alias";

    /// <summary>A document that is to be written has a line that other verifiers would cut or refuse.</summary>
    public const string DocumentLineTooLong = "document-line-too-long";

    /// <summary>An item lacks something that reading it needs, or has it in a form that cannot be read.</summary>
    public const string ItemMalformed = "item-malformed";

    /// <summary>A path is not relative, leaves its folder, or has characters that no path may have.</summary>
    public const string PathUnsafe = "path-unsafe";

    /// <summary>The URL of a mirror is not one that can be used.</summary>
    public const string UrlInvalid = "url-invalid";

    /// <summary>A keyring is not an OpenPGP keyring in a form that is read.</summary>
    public const string KeyringMalformed = "keyring-malformed";

    /// <summary>A file given as a keyring holds a secret key.</summary>
    public const string KeyringHasSecretKey = "keyring-has-secret-key";

    /// <summary>A keyring holds no key whose signatures could be accepted.</summary>
    public const string KeyringNoUsableKey = "keyring-no-usable-key";

    /// <summary>The bytes carry no signature at all.</summary>
    public const string SignatureMissing = "signature-missing";

    /// <summary>The signature, or the signed message around it, breaks a rule of its format.</summary>
    public const string SignatureMalformed = "signature-malformed";

    /// <summary>Something other than white space stands outside the one signed message.</summary>
    public const string SignatureTextOutside = "signature-text-outside";

    /// <summary>The signature does not fit the text: one of them was changed.</summary>
    public const string SignatureBad = "signature-bad";

    /// <summary>No key of the keyring made a signature; the message names the key that did.</summary>
    public const string SignatureKeyUnknown = "signature-key-unknown";

    /// <summary>The key that signed has expired.</summary>
    public const string SignatureKeyExpired = "signature-key-expired";

    /// <summary>The key that signed was revoked.</summary>
    public const string SignatureKeyRevoked = "signature-key-revoked";

    /// <summary>The key that signed may not sign data, or lacks a valid self-signature.</summary>
    public const string SignatureKeyUnusable = "signature-key-unusable";

    /// <summary>The signature itself has an end date that has passed.</summary>
    public const string SignatureExpired = "signature-expired";

    /// <summary>The signature is dated in the future, beyond the allowed skew.</summary>
    public const string SignatureInFuture = "signature-in-future";

    /// <summary>SHA-1, MD5, DSA, RSA below 2048 bits: no longer evidence of anything.</summary>
    public const string SignatureWeak = "signature-weak";

    /// <summary>A version, type or algorithm that this library does not verify.</summary>
    public const string SignatureUnsupported = "signature-unsupported";

    /// <summary>A text cannot be clear-signed so that every peer verifies and reads the same.</summary>
    public const string SigningTextUnsuitable = "signing-text-unsuitable";

    /// <summary>A signing key's file cannot be read as an unprotected OpenPGP secret key.</summary>
    public const string SigningKeyMalformed = "signing-key-malformed";

    /// <summary>OpenSSL's libcrypto, which Ed25519 needs, is not installed.</summary>
    public const string CryptoLibraryMissing = "crypto-library-missing";
}
