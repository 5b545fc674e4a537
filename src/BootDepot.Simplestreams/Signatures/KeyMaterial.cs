using System;
using System.Security.Cryptography;

namespace BootDepot.Simplestreams.Signatures;

/// <summary>The mathematical part of a public key: what it can verify, or why it cannot.</summary>
internal abstract class KeyMaterial
{
    private const int MinRsaBits = 2048;
    private const int MaxRsaBits = 8192;

    /// <summary>As in <c>RSA 4096</c>.</summary>
    public abstract string Label { get; }

    /// <summary>Why signatures of this key are worth nothing; null when they are.</summary>
    public virtual string? WeaknessOrNull => null;

    /// <summary>Whether signatures of this key can be verified here.</summary>
    public virtual bool CanVerify => WeaknessOrNull is null;

    /// <summary>Number of the algorithm that a signature by this key must have.</summary>
    public abstract int Algorithm { get; }

    /// <summary>Whether the signature, the algorithm-specific end of its packet, fits the hash.</summary>
    /// <exception cref="PacketException">The signature is not of the algorithm's form.</exception>
    public abstract bool Verify(ReadOnlyMemory<byte> signature, HashId hashId, ReadOnlySpan<byte> hash);

    public static KeyMaterial Parse(ref ByteReader reader)
    {
        int algorithm = reader.Byte();
        KeyMaterial material;
        switch (algorithm)
        {
            case 1 or 3:
                material = new RsaMaterial(algorithm, reader.Mpi(), reader.Mpi());
                break;
            case 19:
                material = EcdsaMaterial.ParseCurve(ref reader);
                break;
            case 22:
                material = Ed25519Material.ParseLegacy(ref reader);
                break;
            case 27:
                material = new Ed25519Material(27, reader.Take(32));
                break;
            default:
                return new OtherMaterial(algorithm);
        }

        if (material is not OtherMaterial)
            reader.End();
        return material;
    }

    private sealed class RsaMaterial(int algorithm, ReadOnlyMemory<byte> modulus, ReadOnlyMemory<byte> exponent) : KeyMaterial
    {
        private int Bits => modulus.Length * 8 - (modulus.IsEmpty ? 0 : byte.LeadingZeroCount(modulus.Span[0]));

        public override string Label => $"RSA {Bits}";

        public override int Algorithm => algorithm;

        public override string? WeaknessOrNull =>
            Bits < MinRsaBits ? $"an RSA key of {Bits} bits can be broken; at least {MinRsaBits} are needed" : null;

        // The bounds on size and exponent are also bounds on the time that a verification takes.
        public override bool CanVerify =>
            Bits is >= MinRsaBits and <= MaxRsaBits && exponent.Length is > 0 and <= 4 && (exponent.Span[^1] & 1) == 1;

        public override bool Verify(ReadOnlyMemory<byte> signature, HashId hashId, ReadOnlySpan<byte> hash)
        {
            var reader = new ByteReader(signature);
            var value = reader.Mpi();
            reader.End();
            if (value.Length > modulus.Length)
                return false;
            using var rsa = RSA.Create(new RSAParameters { Modulus = modulus.ToArray(), Exponent = exponent.ToArray() });
            return rsa.VerifyHash(hash, Padded(value, modulus.Length), hashId.Name(), RSASignaturePadding.Pkcs1);
        }
    }

    private sealed class EcdsaMaterial(ECCurve curve, string name, int fieldBytes, ReadOnlyMemory<byte> point) : KeyMaterial
    {
        public override string Label => $"ECDSA {name}";

        public override int Algorithm => 19;

        public override bool CanVerify => point.Length == 1 + 2 * fieldBytes && point.Span[0] == 4;

        public static KeyMaterial ParseCurve(ref ByteReader reader)
        {
            var oid = Convert.ToHexString(reader.Take(reader.Byte()).Span);
            var point = reader.Mpi();
            return oid switch
            {
                "2A8648CE3D030107" => new EcdsaMaterial(ECCurve.NamedCurves.nistP256, "P-256", 32, point),
                "2B81040022" => new EcdsaMaterial(ECCurve.NamedCurves.nistP384, "P-384", 48, point),
                "2B81040023" => new EcdsaMaterial(ECCurve.NamedCurves.nistP521, "P-521", 66, point),
                _ => new OtherMaterial(19),
            };
        }

        public override bool Verify(ReadOnlyMemory<byte> signature, HashId hashId, ReadOnlySpan<byte> hash)
        {
            var reader = new ByteReader(signature);
            var (r, s) = (reader.Mpi(), reader.Mpi());
            reader.End();
            if (r.Length > fieldBytes || s.Length > fieldBytes)
                return false;
            using var key = ECDsa.Create(new ECParameters
            {
                Curve = curve,
                Q = new ECPoint { X = point.Slice(1, fieldBytes).ToArray(), Y = point.Slice(1 + fieldBytes, fieldBytes).ToArray() },
            });
            byte[] both = [.. Padded(r, fieldBytes), .. Padded(s, fieldBytes)];
            return key.VerifyHash(hash, both, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }

    private sealed class Ed25519Material(int algorithm, ReadOnlyMemory<byte> point) : KeyMaterial
    {
        public override string Label => "Ed25519";

        public override int Algorithm => algorithm;

        public override bool CanVerify => point.Length == 32;

        // RFC 4880bis and RFC 9580, 5.5.5.5: the curve's OID, then 0x40 and the 32 bytes of the point as a number.
        public static KeyMaterial ParseLegacy(ref ByteReader reader)
        {
            var oid = Convert.ToHexString(reader.Take(reader.Byte()).Span);
            var point = reader.Mpi();
            return oid == Ed25519.LegacyOidHex && point.Length == 33 && point.Span[0] == 0x40
                ? new Ed25519Material(22, point[1..])
                : new OtherMaterial(22);
        }

        public override bool Verify(ReadOnlyMemory<byte> signature, HashId hashId, ReadOnlySpan<byte> hash)
        {
            var reader = new ByteReader(signature);
            if (algorithm == 27)
            {
                var raw = reader.Take(64);
                reader.End();
                return Ed25519.Verify(point.Span, raw.Span, hash);
            }

            var (r, s) = (reader.Mpi(), reader.Mpi());
            reader.End();
            if (r.Length > 32 || s.Length > 32)
                return false;
            byte[] both = [.. Padded(r, 32), .. Padded(s, 32)];
            return Ed25519.Verify(point.Span, both, hash);
        }
    }

    private sealed class OtherMaterial(int algorithm) : KeyMaterial
    {
        public override string Label => algorithm switch
        {
            16 or 20 => "ElGamal",
            17 => "DSA",
            18 => "ECDH",
            25 => "X25519",
            _ => $"algorithm {algorithm}",
        };

        public override int Algorithm => algorithm;

        public override string? WeaknessOrNull => algorithm == 17 ? "DSA is no longer accepted" : null;

        public override bool CanVerify => false;

        public override bool Verify(ReadOnlyMemory<byte> signature, HashId hashId, ReadOnlySpan<byte> hash) =>
            throw new InvalidOperationException("A key of another kind was asked to verify.");
    }

    private static byte[] Padded(ReadOnlyMemory<byte> number, int length)
    {
        var padded = new byte[length];
        number.CopyTo(padded.AsMemory(length - number.Length));
        return padded;
    }
}
