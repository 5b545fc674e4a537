using System;

namespace BootDepot.Simplestreams.Signatures;

/// <summary>Who signed, and when.</summary>
/// <param name="Key">The key or sub-key that made the signature.</param>
/// <param name="PrimaryKey">The key of the keyring that it belongs to; the same when no sub-key signed.</param>
/// <param name="SignedAt">The date in the signature.</param>
/// <param name="Algorithm">As in <c>RSA 4096, SHA-512</c>.</param>
public sealed record SignatureInfo(KeyFingerprint Key, KeyFingerprint PrimaryKey, DateTimeOffset SignedAt, string Algorithm);

/// <summary>The text that a signature covers, and the only bytes that may be parsed.</summary>
/// <param name="Text">The canonical signed text: dashes unescaped, blanks at line ends gone, every line ended by one line feed.</param>
/// <param name="Signature">The good signature.</param>
public sealed record VerifiedText(ReadOnlyMemory<byte> Text, SignatureInfo Signature);
