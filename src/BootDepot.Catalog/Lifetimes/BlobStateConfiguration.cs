using BootDepot.Images;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BootDepot.Catalog.Lifetimes;

internal sealed class BlobStateConfiguration
    : IEntityTypeConfiguration<UnreferencedBlob>, IEntityTypeConfiguration<DamagedBlob>, IEntityTypeConfiguration<ScrubRun>
{
    public void Configure(EntityTypeBuilder<UnreferencedBlob> builder)
    {
        builder.HasKey(b => b.Sha256);
        builder.Property(b => b.Sha256).HasMaxLength(Digest.HexLength);
    }

    public void Configure(EntityTypeBuilder<DamagedBlob> builder)
    {
        builder.Property(b => b.Sha256).HasMaxLength(Digest.HexLength);
        builder.Property(b => b.ActualSha256).HasMaxLength(Digest.HexLength);
        builder.Property(b => b.Problem).HasMaxLength(MaxLengths.Code);
        builder.HasIndex(b => b.Sha256);
    }

    public void Configure(EntityTypeBuilder<ScrubRun> builder) => builder.Property(r => r.Position).HasMaxLength(Digest.HexLength);
}
