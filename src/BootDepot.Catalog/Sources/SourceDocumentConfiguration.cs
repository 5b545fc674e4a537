using BootDepot.Images;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BootDepot.Catalog.Sources;

internal sealed class SourceDocumentConfiguration : IEntityTypeConfiguration<SourceDocument>
{
    public void Configure(EntityTypeBuilder<SourceDocument> builder)
    {
        builder.Property(d => d.Path).HasMaxLength(MaxLengths.Path);
        builder.Property(d => d.ETag).HasMaxLength(MaxLengths.Header);
        builder.Property(d => d.LastModified).HasMaxLength(MaxLengths.Header);
        builder.Property(d => d.Sha256).HasMaxLength(Digest.HexLength);
        builder.Property(d => d.SignedBy).HasMaxLength(MaxLengths.Fingerprint);
        builder.HasIndex(d => new { d.BootSourceId, d.Path }).IsUnique();
        builder.HasOne<BootSource>().WithMany().HasForeignKey(d => d.BootSourceId).OnDelete(DeleteBehavior.Cascade);
    }
}
